import type { Command } from 'commander';
import { CliError } from '../shared/cli-error.ts';
import { type Context, contextOf, type Surroundings } from '../shared/context.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import type { Health } from './health.ts';
import { printStatus, statusResult } from './report.ts';
import { readStatus } from './status.ts';

const DESCRIPTION = `Shows how the credentials of the deployment stand; it changes nothing.

Health, in one word:
  healthy              rotated in time
  rotating             a rotation runs
  stuck                the last rotation failed, or none came in time; the access token may still live
  expired              the access token is dead
  needs-authorisation  only a new login helps, or the secret is no complete credential`;

/** Declares `status`. */
export function addStatus(program: Command, surroundings: Surroundings): void {
  program
    .command('status')
    .summary('how the credentials stand')
    .description(DESCRIPTION)
    .argument('[secret...]', 'names or ARNs of secrets; all of the deployment when none is named')
    .option('--verify', 'call Genesys Cloud (GET /api/v2/users/me) with each current access token, too')
    .addHelpText('after', exampleHelp('status', 'status genesys/voicemail --verify', 'status --json'))
    .addHelpText('after', exitCodesHelp('done', 'failed', 'usage', 'unhealthy', 'interrupted'))
    .action(async (secretIds: string[], { verify = false }: { verify?: boolean }, command: Command) => {
      const context = contextOf(command, surroundings);
      await untilInterrupted(surroundings.signal, () => status(context, secretIds, verify));
    });
}

async function status(context: Context, secretIds: readonly string[], verify: boolean): Promise<void> {
  const { terminal, aws } = context;
  const genesysUrlsOf = verify ? gatewayUrls() : undefined;
  const deployment = await context.deployment();
  terminal.note(`Reading the credentials of ${deployment.name} …`);
  const now = (): Date => new Date();
  const statuses = await readStatus({ aws, deployment, secretIds, genesysUrlsOf, now });

  terminal.result({ deployment: deployment.name, credentials: statusResult(statuses, now()) });
  if (statuses.length === 0) {
    terminal.line(`No secret names ${deployment.rotationFunctionArn} as its rotation function.`);
    return;
  }
  printStatus(statuses, terminal, now());
  const sick = statuses.filter(({ health }) => !SOUND.has(health));
  if (sick.length > 0) {
    throw new CliError(
      'unhealthy',
      `${sick.length} of ${statuses.length} credentials need attention. Redrive what is stuck once its cause is gone, log in again where needs-authorisation stands; docs/runbook.md has an entry for every error.`,
    );
  }
}

const SOUND: ReadonlySet<Health> = new Set(['healthy', 'rotating']);
