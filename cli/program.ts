import { Command } from 'commander';
import { addAuthorize } from './authorize/command.ts';
import { addDiagnose } from './diagnose/command.ts';
import { addHistory } from './history/command.ts';
import { addRedrive } from './redrive/command.ts';
import { addRotate } from './rotate/command.ts';
import { DEFAULT_STACK } from './shared/command-line.ts';
import type { Surroundings } from './shared/context.ts';
import { addStatus } from './status/command.ts';

/** How wide help is where no terminal says it, in characters. */
const DEFAULT_WIDTH = 80;

/** Declares the program without running it; what each command takes is in its own folder. */
export function makeProgram(surroundings: Surroundings): Command {
  const { out, err } = surroundings.streams;
  const program = new Command('genesys-token-rotation')
    .description('Operates the Genesys Cloud credentials that a deployment keeps fresh.')
    .option('--stack <name>', 'the deployment', DEFAULT_STACK)
    .option('--region <region>', 'AWS region; by default that of the environment or the profile')
    .option('--profile <name>', 'profile of the shared AWS configuration')
    .option('--json', 'print the result as one JSON object')
    .option('--no-color', 'no colours; they are used on terminals only, and not with NO_COLOR')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Add --help for what is possible.')
    .configureOutput({
      writeOut: text => void out.write(text),
      writeErr: text => void err.write(text),
      getOutHelpWidth: () => out.columns ?? DEFAULT_WIDTH,
      getErrHelpWidth: () => err.columns ?? DEFAULT_WIDTH,
    })
    .exitOverride();
  addAuthorize(program, surroundings);
  addStatus(program, surroundings);
  addHistory(program, surroundings);
  addRotate(program, surroundings);
  addRedrive(program, surroundings);
  addDiagnose(program, surroundings);
  return program;
}
