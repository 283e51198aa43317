import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import { adviceFor } from '../../functions/shared/advice.ts';
import { CONFIGURATION_TEST_SUFFIX, executionName } from '../../functions/shared/execution-name.ts';
import { describeExecution, executionArnOf } from '../../functions/shared/executions.ts';
import type { Aws } from '../shared/aws.ts';
import type { Deployment } from '../shared/deployment.ts';
import { failureOf, isFailed } from '../shared/executions.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

const PAUSE_MS = 500;
/** The rotation function has a minute, and Secrets Manager invokes it within seconds. */
const PATIENCE_MS = 90_000;
/** Secrets Manager takes the label of the test off once the rotation function has answered. */
const CLEANUP_PATIENCE_MS = 15_000;

/**
 * DescribeSecret tells calculated days beside a schedule expression, and RotateSecret refuses the two together.
 *
 * @see AWS Secrets Manager API Reference, RotationRulesType
 */
function settableRules(rules: DescribedSecret['RotationRules']): DescribedSecret['RotationRules'] {
  if (rules?.ScheduleExpression === undefined) return rules;
  const { AutomaticallyAfterDays: _calculated, ...settable } = rules;
  return settable;
}

/**
 * Lets Secrets Manager test the configuration, which the functions do with their own roles: nothing is refreshed. The
 * schedule stays, but the next rotation is planned anew.
 *
 * @see AWS Secrets Manager API Reference, RotateSecret, RotateImmediately
 */
export async function testConfiguration(
  { secrets, stepFunctions }: Pick<Aws, 'secrets' | 'stepFunctions'>,
  { ARN, Name, RotationRules }: DescribedSecret,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<Look<undefined>> {
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
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += PAUSE_MS) {
    await sleep(PAUSE_MS, undefined, { signal });
    status = (await describeExecution(executionArn, { stepFunctions }))?.status;
    if (status === 'SUCCEEDED' || isFailed(status)) break;
  }
  if (status === 'SUCCEEDED') {
    // A rotation that is asked for right after this command would be refused for the sake of the label.
    for (let waitedMs = 0; waitedMs < CLEANUP_PATIENCE_MS && !(await isCleanedUp()); waitedMs += PAUSE_MS) {
      await sleep(PAUSE_MS, undefined, { signal });
    }
    return ok('the functions have done it with their own permissions', undefined);
  }
  if (!isFailed(status)) {
    return wrong(
      status === undefined ? 'it did not begin' : 'it did not end',
      `The test ${status === undefined ? 'started no execution' : 'goes on'} after ${PATIENCE_MS / 1_000} s. Look at the log of the rotation function, and for ${executionArn}. Runbook: "A rotation that failed without an execution".`,
    );
  }
  const failure = await failureOf(stepFunctions, executionArn);
  const error = status === 'FAILED' ? failure?.error : undefined;
  const { runbookEntry } = adviceFor({ status, state: failure?.state, error });
  return wrong(
    `${status}${error === undefined ? '' : `: ${error}`}`,
    `${failure?.message ?? 'The test failed.'} Take the cause away, then test again. Execution: ${executionArn}. Runbook: docs/runbook.md#${runbookEntry}`,
  );
}
