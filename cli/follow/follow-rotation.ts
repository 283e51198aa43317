import { rotationOf } from '../../functions/shared/executions/execution-data.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { describeExecution, executionArnOf } from '../../functions/shared/executions/executions.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { ExecutionSummary } from '../shared/executions.ts';
import { watch } from '../shared/follow.ts';
import { readRotationResult, reportResult } from '../shared/rotation-result.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import { MAX_START_MS, waitForExecution } from '../shared/wait-for-execution.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { assess } from '../verdict/assessment.ts';
import { lastRotations } from '../verdict/last-rotations.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';

/**
 * Shows the running rotation of a secret until it ends, or the credential's health if no rotation is running. Changes
 * nothing.
 *
 * @throws CliError the rotation failed, is still running, or the credential needs attention
 */
export async function followRotation(
  secretId: string,
  timeoutMs: number,
  context: WaitContext,
): Promise<void> {
  const { aws, terminal, time, command } = context;
  const { stepFunctions } = aws;
  const deployment = await context.deployment();
  const secret = await findSecret(aws, deployment, secretId);
  const untilMs = time.nowMs() + timeoutMs;
  const started = await waitForStart(secret, deployment, untilMs, context);
  const [last] = await lastRotations([secret], deployment.stateMachineArn, stepFunctions);
  const { running, failed } = last ?? {};
  const followed = started ?? running;
  if (followed === undefined) {
    const now = (): Date => new Date(time.nowMs());
    const { verdict, failure } = await assess({ secret, running, failed }, { aws, deployment, now });
    const text = verdictLines(verdict, { secretName: secret.name, message: failure?.message, command });
    terminal.result({
      secret: secret.name,
      outcome: 'nothingRuns',
      health: verdict.health,
      ...verdictResult(verdict, { secretName: secret.name, command }),
    });
    const report = ['No rotation is running.', ...text].join('\n');
    if (verdict.health !== 'healthy') throw new CliError('unhealthy', report);
    terminal.line(report);
    return;
  }

  const { executionArn, redriveCount } = followed;
  terminal.note(`Execution ${executionArn}`);
  const steps = await watch({ executionArn, redriveCount, untilMs }, context);
  const described = await describeExecution(executionArn, { stepFunctions });
  const versionId = rotationOf(executionArn, described?.input)?.versionId ?? '';
  const rotation = { secretArn: secret.arn, versionId, executionArn };
  const result = await readRotationResult(rotation, steps.at(-1), deployment, context);
  reportResult({ result, steps }, { secret: secret.name, execution: executionArn }, context);
}

/**
 * Waits for the execution if Secrets Manager has just started a rotation: the pending version exists before the
 * execution.
 *
 * @returns the execution, if it started during the wait
 */
async function waitForStart(
  { arn: secretArn, name: secretName, stages }: SecretEntry,
  deployment: Deployment,
  untilMs: number,
  context: WaitContext,
): Promise<Pick<ExecutionSummary, 'executionArn' | 'redriveCount'> | undefined> {
  const pending = blockingVersion({ stages });
  if (pending === undefined) return undefined;
  const name = executionName({ secretArn, secretName, clientRequestToken: pending });
  const executionArn = executionArnOf(name, deployment);
  if ((await describeExecution(executionArn, context.aws)) !== undefined) return undefined;
  const latestMs = Math.min(untilMs, context.time.nowMs() + MAX_START_MS);
  return (await waitForExecution(executionArn, latestMs, context))
    ? { executionArn, redriveCount: 0 }
    : undefined;
}
