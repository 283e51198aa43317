import { MINUTE_MS } from '../../functions/shared/durations.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { executionArnOf } from '../../functions/shared/executions/executions.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { ExecutionStep } from '../shared/execution-steps.ts';
import { watch } from '../shared/follow.ts';
import { type RotationResult, readRotationResult, reportResult } from '../shared/rotation-result.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import { MAX_START_MS, waitForExecution } from '../shared/wait-for-execution.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { startRotation } from './start-rotation.ts';

/** What to rotate. */
export interface RotateRequest {
  readonly secretId: string;
  readonly timeoutMs: number;
  readonly wait: boolean;
}

/** Time limit of the rotation function, in ms. In this time it may redrive another execution and then this one. */
export const MAX_REDRIVE_WAIT_MS = MINUTE_MS;

/**
 * Rotates a secret now, and by default waits for the result.
 *
 * @throws CliError it was refused, failed, is still running, or was interrupted
 */
export async function rotate(
  { secretId, timeoutMs, wait }: RotateRequest,
  context: WaitContext,
): Promise<void> {
  const { aws, terminal, time, command } = context;
  const deployment = await context.deployment();
  const secret = await findSecret(aws, deployment, secretId);
  const untilMs = time.nowMs() + timeoutMs;
  if (!wait) {
    const { versionId, executionArn } = await start(secret, deployment, context);
    terminal.line(`Secrets Manager is rotating ${secret.name}: pending version ${versionId}.`);
    terminal.line(`Follow it with: ${command`follow ${secret.name}`}`);
    terminal.result({ secret: secret.name, versionId, execution: executionArn, outcome: 'started' });
    return;
  }

  const run = await rotateAndWait(secret, untilMs, deployment, context);
  const about = { secret: secret.name, versionId: run.versionId, execution: run.executionArn };
  reportResult(run, about, context);
}

/**
 * Starts a rotation and waits for its result.
 *
 * @throws CliError it was refused, did not start, or was interrupted
 */
export async function rotateAndWait(
  secret: SecretEntry,
  untilMs: number,
  deployment: Deployment,
  context: WaitContext,
): Promise<Run & StartedRotation> {
  const { terminal } = context;
  const started = await start(secret, deployment, context);
  terminal.note(`Secrets Manager is rotating ${secret.name}: pending version ${started.versionId}`);
  await waitForStart(secret, started.executionArn, untilMs, context);
  terminal.note(`Execution ${started.executionArn}`);
  const run = await followToEnd({ secretArn: secret.arn, ...started, untilMs }, deployment, context);
  return { ...started, ...run };
}

interface StartedRotation {
  readonly versionId: string;
  readonly executionArn: string;
}

async function start(
  secret: SecretEntry,
  deployment: Deployment,
  context: WaitContext,
): Promise<StartedRotation> {
  const versionId = await startRotation(secret, deployment, context);
  const rotation = { secretArn: secret.arn, secretName: secret.name, clientRequestToken: versionId };
  return { versionId, executionArn: executionArnOf(executionName(rotation), deployment) };
}

async function waitForStart(
  { name }: SecretEntry,
  executionArn: string,
  untilMs: number,
  context: WaitContext,
): Promise<void> {
  const latestMs = context.time.nowMs() + MAX_START_MS;
  if (await waitForExecution(executionArn, Math.min(untilMs, latestMs), context)) return;
  if (untilMs < latestMs) {
    throw new CliError(
      'stillRunning',
      `Secrets Manager has accepted the rotation of ${name}, but no execution started within --timeout. Check again in a minute: ${context.command`status ${name}`}`,
    );
  }
  throw new CliError(
    'rotationFailed',
    `Secrets Manager could not run the rotation function for ${name}: no execution started within ${MAX_START_MS / 1_000} s. Check its permission to invoke the function, the function's log and the account's concurrency: ${context.command`diagnose ${name}`}`,
  );
}

interface Run {
  readonly steps: readonly ExecutionStep[];
  readonly result: RotationResult;
}

/** Follows the execution, and its redrive if the rotation function must first redrive another execution. */
async function followToEnd(
  rotation: {
    readonly secretArn: string;
    readonly versionId: string;
    readonly executionArn: string;
    readonly untilMs: number;
  },
  deployment: Deployment,
  context: WaitContext,
): Promise<Run> {
  const { executionArn, untilMs } = rotation;
  const { terminal, time } = context;
  const steps: ExecutionStep[] = [];
  for (let redriveCount = 0; ; redriveCount++) {
    steps.push(...(await watch({ executionArn, redriveCount, untilMs }, context)));
    const result = await readRotationResult(rotation, steps.at(-1), deployment, context);
    if (result.outcome !== 'failed' || result.failure.error !== 'ExchangeUnsettled') return { steps, result };

    terminal.note(
      'The rotation function redrives the execution that may hold the new tokens, then this one …',
    );
    const isRedriven = await waitForExecution(
      executionArn,
      Math.min(untilMs, time.nowMs() + MAX_REDRIVE_WAIT_MS),
      context,
      execution => (execution.redriveCount ?? 0) > redriveCount,
    );
    if (!isRedriven) return { steps, result };
  }
}
