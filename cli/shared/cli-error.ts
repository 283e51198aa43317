import type { ExitReason } from '../exit-code.ts';

/**
 * Ends the command. The message is one paragraph that states what happened and what to do next. It is empty if the
 * command has already printed that.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitReason: Exclude<ExitReason, 'done'>;

  constructor(exitReason: Exclude<ExitReason, 'done'>, message = '') {
    super(message);
    this.exitReason = exitReason;
  }
}
