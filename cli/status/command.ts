import type { Command } from 'commander';
import type { Health } from '../../functions/shared/executions/verdict.ts';
import { CliError } from '../shared/cli-error.ts';
import { type Context, contextOf, type Surroundings } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import { printStatus, statusResult } from './report.ts';
import { readStatus } from './status.ts';

const DESCRIPTION = `Shows how each credential is, and what to type next. Changes nothing. Calls Genesys Cloud (GET /api/v2/users/me) with the access token of a credential whose rotation failed.

Health:
  healthy              rotated in time
  rotating             a rotation is running
  stuck                the last rotation failed or is overdue, or the KMS key of the value does not work
  expired              the access token has expired or was rejected
  needs-authorisation  needs a new login, or the secret is not a complete credential`;

/** Declares `status`. */
export function addStatus(program: Command, surroundings: Surroundings): void {
  program
    .command('status')
    .summary('show credential health')
    .description(DESCRIPTION)
    .argument('[secret...]', 'names or ARNs of secrets (default: all secrets of the deployment)')
    .option('--verify', 'call Genesys Cloud with the access token of every credential')
    .addHelpText('after', exampleHelp('status', 'status genesys/voicemail --verify', 'status --json'))
    .addHelpText('after', exitCodesHelp('done', 'failed', 'usage', 'unhealthy', 'interrupted'))
    .action(async (secretIds: string[], { verify = false }: { verify?: boolean }, command: Command) => {
      const context = contextOf(command, surroundings);
      await untilInterrupted(surroundings.signal, () => status(context, secretIds, verify));
    });
}

async function status(context: Context, secretIds: readonly string[], verify: boolean): Promise<void> {
  const { terminal, aws, command } = context;
  const deployment = await context.deployment();
  terminal.note(`Reading the credentials of ${deployment.name} …`);
  const now = (): Date => new Date();
  const statuses = await readStatus({ aws, deployment, secretIds, verify, now });

  terminal.result({ deployment: deployment.name, credentials: statusResult(statuses, now(), command) });
  if (statuses.length === 0) {
    terminal.line(`No secret names ${deployment.rotationFunctionArn} as its rotation function.`);
    return;
  }
  printStatus(statuses, terminal, now(), command);
  const unhealthy = statuses.filter(({ verdict }) => !GOOD.has(verdict.health));
  if (unhealthy.length > 0) {
    throw new CliError('unhealthy', `${unhealthy.length} of ${statuses.length} credentials need attention.`);
  }
}

const GOOD: ReadonlySet<Health> = new Set(['healthy', 'rotating']);
