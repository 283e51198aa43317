import { rotationOf } from '../../functions/shared/execution-data.ts';
import { describeExecution } from '../../functions/shared/executions.ts';
import { CliError } from '../shared/cli-error.ts';
import { endingOf, endResult, endText, rotationEnd } from '../shared/rotation-end.ts';
import { recordOf } from '../shared/run-record.ts';
import { findSecret } from '../shared/secrets.ts';
import { type WaitContext, watch } from '../shared/waiting.ts';
import { assess } from '../verdict/assessment.ts';
import { lastRotations } from '../verdict/last-rotations.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';

/**
 * Shows the running rotation of a secret until it ends; where none is running, how the credential is. Changes nothing.
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
  const [last] = await lastRotations([secret], deployment.stateMachineArn, stepFunctions);
  const { running, failed } = last ?? {};
  if (running === undefined) {
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

  const { executionArn } = running;
  terminal.note(`Execution ${executionArn}`);
  const untilMs = time.nowMs() + timeoutMs;
  const steps = await watch({ executionArn, redriveCount: running.redriveCount, untilMs }, context);
  const described = await describeExecution(executionArn, { stepFunctions });
  const versionId = rotationOf(described?.input)?.versionId ?? '';
  const rotation = { secretArn: secret.arn, versionId, executionArn };
  const end = await rotationEnd(rotation, steps.at(-1), deployment, context);
  terminal.result({
    secret: secret.name,
    execution: executionArn,
    ...endResult(end, secret.name, command),
    states: recordOf(steps),
  });
  const text = endText(end, { secretName: secret.name, command });
  const ending = endingOf(end);
  if (ending !== 'done') throw new CliError(ending, text);
  terminal.line(text);
}
