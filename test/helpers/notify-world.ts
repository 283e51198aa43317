import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { beforeEach } from 'vitest';
import { deploymentOf } from '../../functions/notify/deployment.ts';
import type { ExecutionClosed } from '../../functions/notify/notification-event.ts';
import { notify } from '../../functions/notify/notify.ts';
import { mockAws } from './aws-mock.ts';
import { executionDescription } from './execution-description.ts';
import { captureLog } from './no-secrets.ts';
import { FAILURES_TABLE, mockNotifications, TOPIC_ARN } from './notifications.ts';
import { ROTATION_FUNCTION_ARN, SECRET_ARN, secretDescription, VERSION } from './secret.ts';
import { SENTINELS } from './secret-value.ts';
import { EXECUTION } from './task-requests.ts';

/** When the execution failed. */
export const FAILED_AT = new Date('2026-07-01T08:00:10Z');

/** Runs `notify` with mocked services, after an execution has failed in Refresh. Call it within a `describe`. */
export function notifyWorld() {
  const logged = captureLog();
  const notifications = mockNotifications();
  const stepFunctionsMock = mockAws(SFNClient);
  const secretsMock = mockAws(SecretsManagerClient);
  let executionArn = EXECUTION;
  /** Advances only while the function sleeps. */
  const time = { now: FAILED_AT };

  beforeEach(() => {
    time.now = FAILED_AT;
    stepFunctionsMock.reset();
    secretsMock.reset();
    secretsMock
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ RotationLambdaARN: ROTATION_FUNCTION_ARN }));
    execution('FAILED');
    failedIn('Refresh');
  });

  function execution(
    status: Parameters<typeof executionDescription>[0],
    changes: Partial<DescribeExecutionCommandOutput> & { purpose?: string } = {},
  ): void {
    const { purpose = 'rotate', ...description } = changes;
    const failed = status === 'FAILED';
    executionArn = purpose === 'rotate' ? EXECUTION : `${EXECUTION}-check`;
    if (status === 'SUCCEEDED' && purpose === 'rotate') promoted();
    stepFunctionsMock.on(DescribeExecutionCommand).resolves(
      executionDescription(status, {
        executionArn,
        input: JSON.stringify({
          purpose,
          secretArn: SECRET_ARN,
          versionId: VERSION,
          sealedRotationToken: SENTINELS.rotationToken,
        }),
        output: SENTINELS.newAccessToken,
        stopDate: FAILED_AT,
        ...(failed && {
          error: 'RefreshTokenRejected',
          cause: JSON.stringify({
            errorMessage: 'The refresh token was rejected. Runbook: docs/runbook.md#refreshtokenrejected',
            trace: [SENTINELS.refreshToken],
          }),
        }),
        ...description,
      }),
    );
  }

  /** Moves AWSCURRENT to the version of the rotation. */
  function promoted(): void {
    secretsMock.on(DescribeSecretCommand).resolves(
      secretDescription({
        RotationLambdaARN: ROTATION_FUNCTION_ARN,
        VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] },
      }),
    );
  }

  function failedIn(state: string): void {
    stepFunctionsMock.on(GetExecutionHistoryCommand).resolves({
      events: [
        { timestamp: undefined, id: 2, type: 'ExecutionFailed' },
        { timestamp: undefined, id: 1, type: 'TaskStateEntered', stateEnteredEventDetails: { name: state } },
      ],
    });
  }

  async function closed(changes: Partial<ExecutionClosed> = {}): Promise<void> {
    const event = {
      executionArn,
      succeeded: false,
      redriveCount: undefined,
      closedAt: undefined,
      rotation: undefined,
      lostAlternate: false,
      ...changes,
    };
    await notify(event, {
      stepFunctions: new SFNClient(),
      secrets: new SecretsManagerClient(),
      sns: new SNSClient(),
      dynamoDb: new DynamoDBClient(),
      tableName: FAILURES_TABLE,
      topicArn: TOPIC_ARN,
      deployment: deploymentOf(ROTATION_FUNCTION_ARN, undefined),
      now: () => time.now,
      sleep: async ms => {
        time.now = new Date(time.now.getTime() + ms);
      },
    });
  }

  return {
    ...notifications,
    logged,
    stepFunctionsMock,
    secretsMock,
    time,
    execution,
    promoted,
    failedIn,
    closed,
  };
}
