import type { Ending } from '../exit-code.ts';

/**
 * Ends the command. Its message is one paragraph with what happened and what to do next. It is empty where the
 * command has already printed that.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly ending: Exclude<Ending, 'done'>;

  constructor(ending: Exclude<Ending, 'done'>, message = '') {
    super(message);
    this.ending = ending;
  }
}
