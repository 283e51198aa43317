import type { Ending } from '../exit-code.ts';

/**
 * Ends the command; its message is one paragraph for a person, which says what happened and what to do next, and is
 * empty where the command has said it already.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly ending: Exclude<Ending, 'done'>;

  constructor(ending: Exclude<Ending, 'done'>, message = '') {
    super(message);
    this.ending = ending;
  }
}
