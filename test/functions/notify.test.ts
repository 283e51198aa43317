import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from 'vitest';
import { deploymentOf } from '../../functions/notify/deployment.ts';
import type { ExecutionClosed, RotationEnded } from '../../functions/notify/notification-event.ts';
import { notify } from '../../functions/notify/notify.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import { rejection, watchedLog } from '../helpers/no-secrets.ts';
import { FAILURES_TABLE, playedNotifications, TOPIC_ARN } from '../helpers/notifications.ts';
import {
  BASE_VERSION,
  ROTATION_FUNCTION_ARN,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';

const EXECUTION_ARN = `${EXECUTION_ARN_PREFIX}first`;
const HOUR_MS = 3_600_000;
const FAILED_AT = new Date('2026-07-01T08:00:10Z');
const CHECK = `${SECRET_ARN}#check`;

describe('notify', () => {
  const logged = watchedLog();
  const notifications = playedNotifications();
  const { items, calls, published } = notifications;
  const stepFunctionsMock = mockAws(SFNClient);
  const secretsMock = mockAws(SecretsManagerClient);
  let now = FAILED_AT;
  let whileWaiting: () => Promise<unknown> = async () => undefined;

  beforeEach(() => {
    now = FAILED_AT;
    whileWaiting = async () => undefined;
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
    stepFunctionsMock.on(DescribeExecutionCommand).resolves(
      executionDescription(status, {
        executionArn: EXECUTION_ARN,
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
            errorMessage: 'The refresh token is dead. Runbook: docs/runbook.md#refreshtokenrejected',
            trace: [SENTINELS.refreshToken],
          }),
        }),
        ...description,
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

  async function told(event: ExecutionClosed | RotationEnded): Promise<void> {
    await notify(event, {
      stepFunctions: new SFNClient(),
      secrets: new SecretsManagerClient(),
      sns: new SNSClient(),
      dynamoDb: new DynamoDBClient(),
      tableName: FAILURES_TABLE,
      topicArn: TOPIC_ARN,
      rotationFunctionArn: ROTATION_FUNCTION_ARN,
      deployment: deploymentOf(ROTATION_FUNCTION_ARN, undefined),
      now: () => now,
      sleep: async ms => {
        now = new Date(now.getTime() + ms);
        const meanwhile = whileWaiting;
        whileWaiting = async () => undefined;
        await meanwhile();
      },
    });
  }

  function closed(changes: Partial<ExecutionClosed> = {}): Promise<void> {
    return told({
      kind: 'execution-closed',
      executionArn: EXECUTION_ARN,
      succeeded: false,
      redriveCount: undefined,
      closedAt: undefined,
      rotation: undefined,
      ...changes,
    });
  }

  function rotationEnded(succeeded: boolean, changes: Partial<RotationEnded> = {}): Promise<void> {
    return told({
      kind: 'rotation-ended',
      secretArn: SECRET_ARN,
      succeeded,
      at: now,
      reason: succeeded ? undefined : 'Secrets Manager may not invoke the function.',
      ...changes,
    });
  }

  describe('an execution that failed', () => {
    it('is said once, and remembered only then', async () => {
      await closed();

      expect(published()).toMatchObject([{ subject: expect.stringContaining(SECRET_NAME) }]);
      expect(notifications.snsMock.commandCalls(PublishCommand)[0]?.args[0].input.TopicArn).toBe(TOPIC_ARN);
      expect(calls).toEqual(['Publish', 'PutItem']);
      expect(items.get(SECRET_ARN)).toMatchObject({
        failingSince: { S: FAILED_AT.toISOString() },
        notifiedAt: { S: new Date(FAILED_AT.getTime() + 10_000).toISOString() },
        state: { S: 'Refresh' },
        error: { S: 'RefreshTokenRejected' },
        execution: { S: EXECUTION_ARN },
      });
    });

    it('is not said again while the same failure goes on, until four hours are over', async () => {
      await closed();
      now = new Date(FAILED_AT.getTime() + 4 * HOUR_MS - 1);
      await closed();
      const before = published().length;
      now = new Date(FAILED_AT.getTime() + 4 * HOUR_MS);
      await closed();

      expect(before).toBe(1);
      expect(published()).toHaveLength(2);
      expect(items.get(SECRET_ARN)).toMatchObject({
        failingSince: { S: FAILED_AT.toISOString() },
        notifiedAt: { S: now.toISOString() },
      });
    });

    it.each([
      ['another error', () => execution('FAILED', { error: 'ClientRejected' })],
      ['another state', () => failedIn('Verify')],
      ['another end', () => execution('TIMED_OUT')],
    ])('is said at once when it comes to %s, with the time of the first failure', async (_what, change) => {
      await closed();
      now = new Date(FAILED_AT.getTime() + 60_000);
      change();
      await closed();

      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).toContain('2026-07-01 08:00:10 UTC');
    });

    it('is said once for each secret', async () => {
      await closed();
      const other = SECRET_ARN.replace('voicemail', 'callback');
      const input = JSON.stringify({ purpose: 'rotate', secretArn: other, versionId: VERSION });
      execution('FAILED', { input });
      await closed();

      expect(published()).toHaveLength(2);
      expect([...items.keys()]).toEqual([SECRET_ARN, other]);
    });

    it.each(['ABORTED', 'TIMED_OUT'] as const)('is remembered by its status when it is %s', async status => {
      execution(status);

      await closed();

      expect(published()).toHaveLength(1);
      expect(items.get(SECRET_ARN)).toMatchObject({ error: { S: status }, state: { S: 'Refresh' } });
    });

    it('is apart from the rotation when it is a configuration test', async () => {
      execution('FAILED', { purpose: 'check-configuration', error: 'InvalidSecret' });
      failedIn('CheckConfiguration');

      await closed();

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([CHECK]);
    });

    it('is said by what is known when its data cannot be read', async () => {
      execution('FAILED', { input: undefined, cause: undefined, error: undefined });

      await closed();
      await closed();

      expect(published()).toHaveLength(1);
      expect(published()[0]?.text).toContain(EXECUTION_ARN);
      expect([...items.keys()]).toEqual([EXECUTION_ARN]);
    });

    it.each([
      ['runs again', 'RUNNING'],
      ['has succeeded since', 'SUCCEEDED'],
    ] as const)('is not said when it %s', async (_what, status) => {
      execution(status, { redriveCount: 1 });

      await closed({ redriveCount: 0 });

      expect(published()).toEqual([]);
      expect(items.size).toBe(0);
      expect(logged()).toMatchObject([{ line: { execution: EXECUTION_ARN } }]);
    });

    it('is looked at again when Step Functions itself does not know yet that it has closed', async () => {
      execution('RUNNING', { redriveCount: 1, stopDate: undefined });

      const error = await rejection(closed({ redriveCount: 1 }));

      expect(error.message).toContain(EXECUTION_ARN);
      expect(published()).toEqual([]);
    });

    it('is not said when the rotation goes on in another execution with newer tokens', async () => {
      const executionArn = `${EXECUTION_ARN_PREFIX}name-0123456789-0123456789abcdef`;

      await closed({ executionArn });

      expect(published()).toEqual([]);
      expect(now.getTime() - FAILED_AT.getTime()).toBe(10_000);
    });

    it('is looked at again when Step Functions does not know it yet', async () => {
      stepFunctionsMock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

      const error = await rejection(closed());

      expect(error.message).toContain(EXECUTION_ARN);
      expect(published()).toEqual([]);
    });

    it('is said again rather than lost when it cannot be remembered', async () => {
      notifications.dynamoDbMock.on(PutItemCommand).rejectsOnce(new Error('no table'));

      await rejection(closed());
      await closed();

      expect(published()).toHaveLength(2);
    });

    it('is not remembered when it cannot be said', async () => {
      notifications.snsMock.on(PublishCommand).rejectsOnce(new Error('no topic'));

      await rejection(closed());

      expect(items.size).toBe(0);
    });
  });

  describe('an execution that succeeded', () => {
    it('says nothing when nothing had failed', async () => {
      execution('SUCCEEDED');

      await closed({ succeeded: true });

      expect(published()).toEqual([]);
      expect(calls).toEqual([]);
    });

    it('is not looked at when its event says what it has rotated, and when', async () => {
      const rotation = { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION } as const;
      await closed();
      stepFunctionsMock.reset();

      await closed({ succeeded: true, rotation, closedAt: new Date(FAILED_AT.getTime() - 1) });
      const beforeTheFailure = [...items.keys()];
      await closed({ succeeded: true, rotation, closedAt: new Date(FAILED_AT.getTime() + HOUR_MS) });

      expect(beforeTheFailure).toEqual([SECRET_ARN]);
      expect(items.size).toBe(0);
      expect(published()).toHaveLength(2);
      expect(stepFunctionsMock.calls()).toEqual([]);
    });

    it('says once that it works again, and since when it had not', async () => {
      await closed();
      execution('SUCCEEDED', { stopDate: new Date(FAILED_AT.getTime() + HOUR_MS) });
      await closed({ succeeded: true });
      await closed({ succeeded: true });

      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).toContain(SECRET_NAME);
      expect(published()[1]?.text).toContain('2026-07-01 08:00:10 UTC');
      expect(items.size).toBe(0);
      expect(calls).toEqual(['Publish', 'PutItem', 'Publish', 'DeleteItem']);
    });

    it('is believed by its event when DescribeExecution still calls it running', async () => {
      await closed();
      execution('RUNNING', { stopDate: undefined });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(2);
      expect(items.size).toBe(0);
    });

    it('does not close a failure that came after it', async () => {
      await closed();
      execution('SUCCEEDED', { stopDate: new Date(FAILED_AT.getTime() - 1) });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });

    it('proves the configuration, too, when it is a rotation, in one message', async () => {
      execution('FAILED', { purpose: 'check-configuration' });
      await closed();
      execution('FAILED');
      await closed();
      execution('SUCCEEDED');
      await closed({ succeeded: true });

      expect(published()).toHaveLength(3);
      expect(items.size).toBe(0);
    });

    it('proves no rotation when it is a configuration test', async () => {
      await closed();
      execution('SUCCEEDED', { purpose: 'check-configuration' });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });
  });

  describe('a rotation that Secrets Manager calls failed', () => {
    it('is said with its reason when no failed execution is known', async () => {
      await rotationEnded(false);

      expect(published()).toHaveLength(1);
      expect(published()[0]?.text).toContain('Secrets Manager may not invoke the function.');
      expect(items.get(SECRET_ARN)).toMatchObject({ error: { S: 'RotationFailed' } });
      expect(items.get(SECRET_ARN)).not.toHaveProperty('execution');
    });

    it('is said again only after four hours', async () => {
      await rotationEnded(false);
      const saidAt = now.getTime();
      now = new Date(saidAt + 4 * HOUR_MS - 1);
      await rotationEnded(false);
      const before = published().length;
      now = new Date(saidAt + 4 * HOUR_MS);
      await rotationEnded(false);

      expect(before).toBe(1);
      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).toContain('2026-07-01 08:00:10 UTC');
    });

    it('is not said when its execution was said, however long ago', async () => {
      await closed();
      now = new Date(FAILED_AT.getTime() + 24 * HOUR_MS);

      await rotationEnded(false);

      expect(published()).toHaveLength(1);
    });

    it.each([
      ['is on the version of AWSCURRENT', { [VERSION]: ['AWSCURRENT', 'AWSPENDING'] }],
      ['is on no version', { [VERSION]: ['AWSCURRENT'], [BASE_VERSION]: ['AWSPREVIOUS'] }],
    ])('is not said when it is complete all the same: AWSPENDING %s', async (_what, stages) => {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(
          secretDescription({ RotationLambdaARN: ROTATION_FUNCTION_ARN, VersionIdsToStages: stages }),
        );

      await rotationEnded(false);

      expect(published()).toEqual([]);
      expect(items.size).toBe(0);
    });

    it.each([
      ['another function', 'arn:aws:lambda:eu-central-1:111122223333:function:other'],
      ['no function', undefined],
    ])('is not ours when the secret names %s', async (_what, RotationLambdaARN) => {
      secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ RotationLambdaARN }));

      await rotationEnded(false);

      expect(calls).toEqual([]);
      expect(logged()).toEqual([]);
    });

    it('is not said when the failed execution has its say meanwhile', async () => {
      whileWaiting = () => closed();

      await rotationEnded(false);

      expect(published()).toHaveLength(1);
      expect(published()[0]?.subject).toContain('failed in Refresh');
    });

    it('is ours when the secret names an alias of the function', async () => {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ RotationLambdaARN: `${ROTATION_FUNCTION_ARN}:live` }));

      await rotationEnded(false);

      expect(published()).toHaveLength(1);
    });

    it.each([
      [
        'is gone',
        () => secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException)),
      ],
      [
        'is scheduled for deletion',
        () =>
          secretsMock
            .on(DescribeSecretCommand)
            .resolves(
              secretDescription({ RotationLambdaARN: ROTATION_FUNCTION_ARN, DeletedDate: FAILED_AT }),
            ),
      ],
    ])('is not said when the secret %s', async (_what, play) => {
      play();

      await rotationEnded(false);

      expect(calls).toEqual([]);
    });

    it('is looked at again when Secrets Manager does not answer', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(secretsManagerException('ThrottlingException'));

      const error = await rejection(rotationEnded(false));

      expect(error.name).toBe('ThrottlingException');
    });
  });

  describe('a rotation that Secrets Manager calls successful', () => {
    it('closes what had failed, and its configuration test', async () => {
      await rotationEnded(false);
      execution('FAILED', { purpose: 'check-configuration' });
      await closed();

      await rotationEnded(true);

      expect(published()).toHaveLength(3);
      expect(items.size).toBe(0);
    });

    it('says nothing of any other secret, and asks nobody about it', async () => {
      await rotationEnded(true);

      expect(published()).toEqual([]);
      expect(secretsMock.calls()).toEqual([]);
    });

    it('does not close a failure that came after it', async () => {
      await closed();

      await rotationEnded(true, { at: new Date(FAILED_AT.getTime() - 1_000) });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });
  });
});
