import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { executionName, nextAttemptName } from '../../functions/shared/execution-name.ts';
import type { SecretEntry } from './credentials.ts';
import type { Deployment } from './deployment.ts';
import { executionArnOf } from './execution-arn.ts';

/** The last execution of one rotation. */
export interface Attempt {
  readonly executionArn: string;
  readonly status: ExecutionStatus;
}

/** Finds the last execution of the rotation to a version, by the names that the rotation function gives them. */
export async function latestAttempt(
  { arn: secretArn, name: secretName }: SecretEntry,
  versionId: string,
  deployment: Pick<Deployment, 'stateMachineArn'>,
  stepFunctions: SFNClient,
): Promise<Attempt | undefined> {
  let latest: Attempt | undefined;
  let name: string | undefined = executionName({ secretArn, secretName, clientRequestToken: versionId });
  while (name !== undefined) {
    const found = await attemptOf(executionArnOf(name, deployment), stepFunctions);
    if (found === undefined) break;
    latest = found;
    name = nextAttemptName(name);
  }
  return latest;
}

async function attemptOf(executionArn: string, stepFunctions: SFNClient): Promise<Attempt | undefined> {
  try {
    const { status = 'RUNNING' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return { executionArn, status };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}
