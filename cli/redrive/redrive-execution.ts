import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ExecutionNotRedrivable, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { CliError } from '../shared/cli-error.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { type FoundExecution, findExecution } from './failed-execution.ts';

/**
 * Redrives a failed execution. Somebody may have done so a moment ago, Secrets Manager among them: that is as good.
 *
 * @returns the number of the redrive to follow
 * @throws CliError it cannot be redriven any more
 */
export async function redriveExecution(
  execution: FoundExecution,
  context: Pick<WaitContext, 'aws' | 'command'>,
): Promise<number> {
  const { aws, command } = context;
  const { executionArn, redriveCount, secretArn } = execution;
  try {
    await aws.stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
    return redriveCount + 1;
  } catch (error) {
    if (!(error instanceof ExecutionNotRedrivable)) throw error;
    const now = await findExecution(executionArn, context);
    if (now.status !== 'failed' || now.redriveCount > redriveCount) return now.redriveCount;
    const { NextRotationDate: next } = await aws.secrets.send(
      new DescribeSecretCommand({ SecretId: secretArn }),
    );
    // Secrets Manager also retries a failed rotation in between; how often is not published.
    const nextAttempt =
      next === undefined
        ? `no rotation is scheduled, so start the next attempt with: ${command(`rotate ${secretArn}`)}.`
        : `Secrets Manager tries again by itself, in the window of ${next.toISOString()} or before.`;
    throw new CliError(
      'failed',
      `The execution ${executionArn} cannot be redriven (${now.notRedrivable ?? error.message}). Nothing is lost: ${nextAttempt} The rotation function then goes on with what this one stored or sealed.`,
    );
  }
}
