import type { Command } from 'commander';
import { type CommandLine, commandLine } from '../../functions/shared/output/command-line.ts';
import { type Aws, type AwsOptions, awsClients, requireProfile } from './aws.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { type Streams, Terminal } from './terminal.ts';

/** The options that every command has. */
interface CommonOptions extends AwsOptions {
  readonly stack: string;
  readonly json?: true;
  /** False after `--no-color`. */
  readonly color: boolean;
}

/** The streams and the Ctrl-C signal of the program. */
export interface ProgramIo {
  readonly streams: Streams;
  /** Aborted by Ctrl-C: the command stops waiting, and finishes or undoes writes that it has started. */
  readonly signal: AbortSignal;
}

/** What a command uses. */
export interface Context {
  readonly terminal: Terminal;
  readonly aws: Aws;
  /** Formats the next command to type, with the current deployment, region and profile. */
  readonly command: CommandLine;
  /** @throws CliError there is no such deployment */
  readonly deployment: () => Promise<Deployment>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Creates the context of a command from its options and those of the program. */
export function contextOf(command: Command, { streams, signal }: ProgramIo): Context {
  const { stack, json = false, color, ...aws } = command.optsWithGlobals<CommonOptions>();
  const clients = awsClients(aws);
  return {
    terminal: new Terminal(streams, { json, colour: color }),
    aws: clients,
    command: commandLine({ stack, ...aws }),
    deployment: async () => {
      if (aws.profile !== undefined) await requireProfile(aws.profile);
      return findDeployment(stack, clients);
    },
    signal,
  };
}
