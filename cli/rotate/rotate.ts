import { executionName, nextAttemptOf } from '../../functions/shared/execution-name.ts';
import { executionArnOf } from '../../functions/shared/executions.ts';
import { CliError } from '../shared/cli-error.ts';
import { endText } from '../shared/end-text.ts';
import { endingOf, type RotationEnd, rotationEnd } from '../shared/rotation-end.ts';
import { recordOf } from '../shared/run-record.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import { type WaitContext, watch } from '../shared/waiting.ts';
import { appears } from './appearance.ts';
import { startRotation } from './start-rotation.ts';

/** What to rotate. */
export interface RotateRequest {
  readonly secretId: string;
  readonly timeoutMs: number;
  readonly wait: boolean;
}

/**
 * Secrets Manager calls the rotation function at once, and that starts the execution within seconds; after this long
 * it has not come to it, in ms.
 */
const LONGEST_START_MS = 30_000;

/**
 * How long the rotation function may take from the end of an execution whose refresh token was rejected to the next
 * one, which stores tokens that it found sealed elsewhere: its longest wait between two looks, and its search, in ms.
 */
const FOLLOW_UP_MS = 12_000;

/**
 * Rotates a secret now, and waits for the end unless told otherwise.
 *
 * @throws CliError it was refused, failed, goes on, or was interrupted
 */
export async function rotate(
  { secretId, timeoutMs, wait }: RotateRequest,
  context: WaitContext,
): Promise<void> {
  const { aws, terminal, time, command } = context;
  const deployment = await context.deployment();
  const secret = await findSecret(aws, deployment, secretId);
  const untilMs = time.nowMs() + timeoutMs;
  const versionId = await startRotation(secret, deployment, context);
  const executionArn = executionArnOf(
    executionName({ secretArn: secret.arn, secretName: secret.name, clientRequestToken: versionId }),
    deployment,
  );
  const started = { secret: secret.name, versionId, execution: executionArn };
  if (!wait) {
    terminal.line(`Secrets Manager rotates ${secret.name}: pending version ${versionId}.`);
    terminal.line(`Follow it with: ${command(`redrive ${executionArn}`)}`);
    terminal.result({ ...started, outcome: 'started' });
    return;
  }

  terminal.note(`Secrets Manager rotates ${secret.name}: pending version ${versionId}`);
  await awaitStart(secret, executionArn, untilMs, context);
  const run = await watchToEnd({ secretArn: secret.arn, versionId }, executionArn, untilMs, context);
  terminal.result({ ...started, execution: run.executionArn, ...run.end, states: recordOf(run.steps) });
  const text = endText(run.end, { secretName: secret.name, executionArn: run.executionArn, command });
  const ending = endingOf(run.end);
  if (ending !== 'done') throw new CliError(ending, text);
  terminal.line(text);
}

async function awaitStart(
  { name }: SecretEntry,
  executionArn: string,
  untilMs: number,
  context: WaitContext,
): Promise<void> {
  const latestMs = context.time.nowMs() + LONGEST_START_MS;
  if (await appears(executionArn, Math.min(untilMs, latestMs), context)) return;
  if (untilMs < latestMs) {
    throw new CliError(
      'stillRunning',
      `Secrets Manager has accepted the rotation of ${name}, but no execution has begun in the time of --timeout. Look again in a minute with: ${context.command(`status ${name}`)}`,
    );
  }
  throw new CliError(
    'rotationFailed',
    `Secrets Manager could not run the rotation function for ${name}: ${LONGEST_START_MS / 1_000} s after RotateSecret there is no execution. Its permission to call the function, the function's log, or a limit of concurrent functions will tell; look with: ${context.command(`diagnose ${name}`)}`,
  );
}

interface Run {
  readonly executionArn: string;
  readonly steps: Awaited<ReturnType<typeof watch>>;
  readonly end: RotationEnd;
}

/** Watches the execution, and those that follow upon it in the same rotation. */
async function watchToEnd(
  rotation: { readonly secretArn: string; readonly versionId: string },
  executionArn: string,
  untilMs: number,
  context: WaitContext,
): Promise<Run> {
  const { terminal, time } = context;
  terminal.note(`Execution ${executionArn}`);
  const steps = await watch({ executionArn, redriveCount: 0, untilMs }, context);
  const end = await rotationEnd(rotation, steps.at(-1), context);
  if (end.outcome !== 'failed' || end.error !== 'RefreshTokenRejected') return { executionArn, steps, end };

  terminal.note('The rotation function now looks for newer tokens that another rotation may have left …');
  const next = nextAttemptOf(executionArn);
  const latestMs = Math.min(untilMs, time.nowMs() + FOLLOW_UP_MS);
  if (next === undefined || !(await appears(next, latestMs, context))) return { executionArn, steps, end };
  return watchToEnd(rotation, next, untilMs, context);
}
