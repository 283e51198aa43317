import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  describeExecution,
  executionNamedIn,
  isRunning,
} from '../../functions/shared/executions/executions.ts';
import { belongsToRotation, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import { executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import { type Cause, type CauseDependencies, type Failed, UNKNOWN } from './cause.ts';

/** The execution that presented the refresh token may hold the new pair, as long as it can continue. */
export async function ownerCause(message: string, dependencies: CauseDependencies): Promise<Cause> {
  const { command } = dependencies;
  const ownerArn = executionNamedIn(message, dependencies);
  if (ownerArn === undefined) return UNKNOWN;
  const owner = await describeExecution(ownerArn, dependencies);
  if (owner !== undefined && isRunning(owner)) {
    return {
      looks: 'unchanged',
      why: `The execution ${ownerArn}, which may hold the new tokens, is running. Wait for it: ${command`redrive ${ownerArn}`}`,
    };
  }
  if (owner?.redriveStatus === 'REDRIVABLE') {
    return {
      looks: 'unchanged',
      why: `The execution ${ownerArn} may hold the new tokens. Redrive it first: ${command`redrive ${ownerArn}`}`,
    };
  }
  return {
    looks: 'gone',
    why:
      owner?.status === 'SUCCEEDED'
        ? `The execution ${ownerArn}, which held the new tokens, has succeeded.`
        : `The execution ${ownerArn} can no longer be redriven, so the refresh token is presented again.`,
  };
}

/** A redrive takes AWSPENDING back. While the other rotation runs, it must not. */
export async function pendingLabelCause(
  { executionArn, secretArn, versionId }: Failed,
  { secrets, stepFunctions, stateMachineArn }: CauseDependencies,
): Promise<Cause> {
  const { Name = '', VersionIdsToStages = {} } = await secrets.send(
    new DescribeSecretCommand({ SecretId: secretArn }),
  );
  const labels = { stages: VersionIdsToStages };
  const holderId = versionWithStage(labels, 'AWSPENDING');
  const isFree =
    holderId === undefined ||
    holderId === versionWithStage(labels, 'AWSCURRENT') ||
    belongsToRotation(holderId, versionId);
  if (isFree) return { looks: 'gone', why: 'No other rotation holds AWSPENDING.' };
  const running = await executionsWithStatus(stepFunctions, stateMachineArn, ['RUNNING']);
  const other = running.find(
    execution =>
      execution.executionArn !== executionArn &&
      isExecutionOf(execution.name, { arn: secretArn, name: Name }),
  );
  return other === undefined
    ? {
        looks: 'gone',
        why: `AWSPENDING is on version ${holderId} of another rotation, which is not running. This redrive takes the label back.`,
      }
    : {
        looks: 'unchanged',
        why: `AWSPENDING is on version ${holderId} of another rotation, which is running: ${other.executionArn}. Wait until it ends.`,
      };
}
