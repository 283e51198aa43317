import type { ExecutionStatus, SFNClient } from '@aws-sdk/client-sfn';
import { executionName, nextAttemptOf } from '../../functions/shared/executions/execution-name.ts';
import { describeExecution, executionArnOf } from '../../functions/shared/executions/executions.ts';
import type { Deployment } from './deployment.ts';
import type { SecretEntry } from './secrets.ts';

/** The last execution of one rotation. */
export interface Attempt {
  readonly executionArn: string;
  readonly status: ExecutionStatus;
}

/** Finds the last execution of the rotation to a version, by the names that the rotation function gives executions. */
export async function latestAttempt(
  { arn: secretArn, name: secretName }: SecretEntry,
  versionId: string,
  deployment: Pick<Deployment, 'stateMachineArn'>,
  stepFunctions: SFNClient,
): Promise<Attempt | undefined> {
  let latest: Attempt | undefined;
  let name: string | undefined = executionName({ secretArn, secretName, clientRequestToken: versionId });
  while (name !== undefined) {
    const executionArn = executionArnOf(name, deployment);
    const found = await describeExecution(executionArn, { stepFunctions });
    if (found === undefined) break;
    latest = { executionArn, status: found.status ?? 'RUNNING' };
    name = nextAttemptOf(name);
  }
  return latest;
}
