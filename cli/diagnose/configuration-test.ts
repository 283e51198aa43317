import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import {
  CONFIGURATION_TEST_SUFFIX,
  executionName,
} from '../../functions/shared/executions/execution-name.ts';
import { describeExecution, executionArnOf } from '../../functions/shared/executions/executions.ts';
import { runbookEntryOf } from '../../functions/shared/executions/verdict.ts';
import type { Aws } from '../shared/aws.ts';
import type { Deployment } from '../shared/deployment.ts';
import { failureOf, isFailed } from '../shared/executions.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

const PAUSE_MS = 500;
/** The rotation function has 60 s, and Secrets Manager invokes it within seconds. */
const MAX_WAIT_MS = 90_000;
/** Secrets Manager removes the label of the test once the rotation function has responded. */
const MAX_CLEANUP_WAIT_MS = 15_000;

/**
 * DescribeSecret returns calculated days in addition to a schedule expression, and RotateSecret refuses both together.
 *
 * @see AWS Secrets Manager API Reference, RotationRulesType
 */
function settableRules(rules: DescribedSecret['RotationRules']): DescribedSecret['RotationRules'] {
  if (rules?.ScheduleExpression === undefined) return rules;
  const { AutomaticallyAfterDays: _calculated, ...settable } = rules;
  return settable;
}

/**
 * Tests the configuration with Secrets Manager: the functions run with their own roles and refresh nothing. The
 * schedule stays the same, but the next rotation gets a new date.
 *
 * @see AWS Secrets Manager API Reference, RotateSecret, RotateImmediately
 */
export async function testConfiguration(
  { secrets, stepFunctions }: Pick<Aws, 'secrets' | 'stepFunctions'>,
  { ARN, Name, RotationRules }: DescribedSecret,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<Finding<undefined>> {
  const { VersionId = '' } = await secrets.send(
    new RotateSecretCommand({
      SecretId: ARN,
      RotationRules: settableRules(RotationRules),
      RotateImmediately: false,
    }),
  );
  const rotation = { secretArn: ARN, secretName: Name, clientRequestToken: VersionId };
  const executionArn = executionArnOf(executionName(rotation, CONFIGURATION_TEST_SUFFIX), deployment);

  const isCleanedUp = async (): Promise<boolean> => {
    const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
    return VersionIdsToStages[VersionId]?.includes('AWSPENDING') !== true;
  };

  let status: ExecutionStatus | undefined;
  for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += PAUSE_MS) {
    await sleep(PAUSE_MS, undefined, { signal });
    status = (await describeExecution(executionArn, { stepFunctions }))?.status;
    if (status === 'SUCCEEDED' || isFailed(status)) break;
  }
  if (status === 'SUCCEEDED') {
    // Until the label is removed, Secrets Manager refuses a rotation.
    for (let waitedMs = 0; waitedMs < MAX_CLEANUP_WAIT_MS && !(await isCleanedUp()); waitedMs += PAUSE_MS) {
      await sleep(PAUSE_MS, undefined, { signal });
    }
    return ok('passed by the functions with their own permissions', undefined);
  }
  if (!isFailed(status)) {
    return wrong(
      status === undefined ? 'did not start' : 'did not end',
      `The test ${status === undefined ? 'started no execution' : 'is still running'} after ${MAX_WAIT_MS / 1_000} s. Check the log of the rotation function and the execution ${executionArn}. Runbook: docs/runbook.md#a-rotation-that-failed-without-an-execution`,
    );
  }
  const failure = await failureOf(stepFunctions, executionArn);
  const error = status === 'FAILED' ? failure?.error : undefined;
  return wrong(
    `${status}${error === undefined ? '' : `: ${error}`}`,
    `${failure?.message === undefined ? 'The test failed.' : failure.message} Fix the cause, then test again. Execution: ${executionArn}. Runbook: docs/runbook.md#${runbookEntryOf({ isFailed: status === 'FAILED', error })}`,
  );
}
