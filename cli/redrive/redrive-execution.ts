import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ExecutionNotRedrivable, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { secretNameOf } from '../../functions/shared/input/arns.ts';
import { CliError } from '../shared/cli-error.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { type FoundExecution, findExecution } from './failed-execution.ts';

/**
 * Redrives a failed execution. Does nothing if somebody else, such as Secrets Manager, has just redriven it.
 *
 * @returns the number of the redrive to follow
 * @throws CliError it can no longer be redriven
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
    // Secrets Manager may also retry a failed rotation earlier. AWS does not publish how often.
    const nextAttempt =
      next === undefined
        ? `No rotation is scheduled. Start the next attempt with: ${command`rotate ${secretNameOf(secretArn)}`}.`
        : `Secrets Manager retries the rotation by ${next.toISOString()} at the latest.`;
    throw new CliError(
      'failed',
      `The execution ${executionArn} cannot be redriven (${now.notRedrivable ?? error.message}). The newest tokens are in the journal. ${nextAttempt}`,
    );
  }
}
