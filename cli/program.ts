import { Command } from 'commander';
import { addAuthorize } from './authorize/command.ts';
import { addDiagnose } from './diagnose/command.ts';
import { type Ending, EXIT_CODE_MEANINGS, EXIT_CODES } from './exit-code.ts';
import { addHistory } from './history/command.ts';
import { addRedrive } from './redrive/command.ts';
import { addRotate } from './rotate/command.ts';
import { addStatus } from './status/command.ts';

/**
 * Declares the program without running it; what each verb takes is in the verb's own folder.
 *
 * @param signal aborted by Ctrl-C
 */
export function makeProgram(signal: AbortSignal): Command {
  const program = new Command('genesys-token-rotation')
    .description('Operates the Genesys Cloud credentials that a deployment keeps fresh.')
    .option('--stack <name>', 'the deployment', 'genesys-token-rotation')
    .option('--region <region>', 'AWS region; by default that of the environment or the profile')
    .option('--profile <name>', 'profile of the shared AWS configuration')
    .option('--json', 'print the result as one JSON object')
    .option('--no-color', 'no colours; they are used on terminals only, and not with NO_COLOR')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Add --help for what is possible.')
    .exitOverride();
  addAuthorize(program, signal);
  addStatus(program, signal);
  addHistory(program, signal);
  addRotate(program, signal);
  addRedrive(program, signal);
  addDiagnose(program, signal);
  return program;
}

/** The part of a command's help that shows it at work. */
export function exampleHelp(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  npm run cli -- ${line}`).join('\n')}`;
}

/** The part of a command's help that lists how it can end. */
export function exitCodesHelp(...endings: readonly Ending[]): string {
  const lines = endings.map(
    ending => `  ${String(EXIT_CODES[ending]).padEnd(3)}  ${EXIT_CODE_MEANINGS[ending]}`,
  );
  return `\nExit codes:\n${lines.join('\n')}`;
}
