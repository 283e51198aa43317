import type { Command } from 'commander';
import type { Health } from '../../functions/shared/executions/verdict.ts';
import { CliError } from '../shared/cli-error.ts';
import { type Context, contextOf, type ProgramIo } from '../shared/context.ts';
import type { Deployment } from '../shared/deployment.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import { numberArgument } from '../shared/number-argument.ts';
import { instantText } from '../shared/time-text.ts';
import { REAL_TIME } from '../shared/waiting.ts';
import { printStatus, statusResult } from './report.ts';
import { type CredentialStatus, readStatus } from './status.ts';

const DESCRIPTION = `Shows the health of each credential and what to type next. Changes nothing. Calls Genesys Cloud (GET /api/v2/users/me) with the access token of a credential whose rotation failed.

Health:
  healthy              rotated in time
  rotating             a rotation is running
  stuck                a rotation failed or is overdue, or the secret's KMS key cannot be used
  expired              the access token has expired or was rejected
  needs-authorisation  needs a new login, or the secret is not a complete credential`;

const secondsArgument = numberArgument('number of seconds', 86_400);

/** Declares `status`. */
export function addStatus(program: Command, io: ProgramIo): void {
  program
    .command('status')
    .summary('show credential health')
    .description(DESCRIPTION)
    .argument('[secret...]', 'names or ARNs of secrets (default: all secrets of the deployment)')
    .option('--verify', 'call Genesys Cloud with the access token of every credential')
    .option('--wide', 'also show ids and executions on a narrow terminal')
    .option('--watch [seconds]', 'refresh the output until Ctrl-C (default: every 10 s)', secondsArgument)
    .addHelpText('after', exampleHelp('status', 'status genesys/voicemail --verify', 'status --json'))
    .addHelpText('after', exitCodesHelp('done', 'failed', 'usage', 'unhealthy', 'interrupted'))
    .action(async (secretIds: string[], options: StatusOptions, command: Command) => {
      const context = contextOf(command, io);
      const { watch } = options;
      await untilInterrupted(io.signal, () =>
        watch === undefined
          ? status(context, secretIds, options)
          : watchStatus(context, secretIds, options, watch === true ? WATCH_SECONDS : watch),
      );
    });
}

interface StatusOptions {
  readonly verify?: boolean;
  readonly wide?: boolean;
  /** In seconds. */
  readonly watch?: true | number;
}

/** The default interval. Reading a fleet of several hundred secrets needs a few calls for each. */
const WATCH_SECONDS = 10;

/** Reads and shows the credentials repeatedly until Ctrl-C. */
async function watchStatus(
  context: Context,
  secretIds: readonly string[],
  options: StatusOptions,
  seconds: number,
): Promise<void> {
  const { terminal, signal } = context;
  while (!signal.aborted) {
    const reading = await readCredentials(context, secretIds, options);
    terminal.clear();
    terminal.note(`${instantText(new Date())}, every ${seconds} s. Press Ctrl-C to stop.`);
    show(reading, context, options);
    await REAL_TIME.sleep(seconds * 1_000, signal);
  }
}

async function status(context: Context, secretIds: readonly string[], options: StatusOptions): Promise<void> {
  const reading = await readCredentials(context, secretIds, options);
  show(reading, context, options);
  const { statuses } = reading;
  const unhealthy = statuses.filter(({ verdict }) => !HEALTHY.has(verdict.health));
  if (unhealthy.length > 0) {
    throw new CliError('unhealthy', `${unhealthy.length} of ${statuses.length} credentials need attention.`);
  }
}

interface Reading {
  readonly deployment: Deployment;
  readonly statuses: readonly CredentialStatus[];
}

async function readCredentials(
  context: Context,
  secretIds: readonly string[],
  { verify = false }: StatusOptions,
): Promise<Reading> {
  const { terminal, aws } = context;
  const deployment = await context.deployment();
  terminal.note(`Reading the credentials of ${deployment.name} …`);
  const now = (): Date => new Date();
  return { deployment, statuses: await readStatus({ aws, deployment, secretIds, verify, now }) };
}

function show(
  { deployment, statuses }: Reading,
  { terminal, command }: Context,
  { wide = false }: StatusOptions,
): void {
  const now = new Date();
  terminal.result({ deployment: deployment.name, credentials: statusResult(statuses, now, command) });
  if (statuses.length > 0) printStatus(statuses, terminal, now, command, wide);
  else terminal.line(`No secret has ${deployment.rotationFunctionArn} as its rotation function.`);
}

const HEALTHY: ReadonlySet<Health> = new Set(['healthy', 'rotating']);
