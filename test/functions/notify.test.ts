import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { TOPIC_ARN } from '../helpers/notifications.ts';
import { FAILED_AT, notifyWorld } from '../helpers/notify-world.ts';
import { BASE_VERSION, SECRET_ARN, SECRET_NAME, secretDescription, VERSION } from '../helpers/secret.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

const CHECK = `${SECRET_ARN}#check`;

describe('notify: executions', () => {
  const {
    items,
    calls,
    published,
    snsMock,
    dynamoDbMock,
    logged,
    stepFunctionsMock,
    secretsMock,
    time,
    execution,
    promoted,
    failedIn,
    closed,
  } = notifyWorld();

  describe('an execution that succeeded and dropped a lost alternate grant', () => {
    const ROTATION = { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION } as const;
    const SUCCESS = { succeeded: true, rotation: ROTATION, lostAlternate: true } as const;

    it('is reported, with the command that replaces the grant', async () => {
      promoted();

      await closed(SUCCESS);

      expect(published()).toMatchObject([{ subject: expect.stringMatching(/lost the alternate grant: /) }]);
      expect(published()[0]?.text).toMatch(/authorize \S+ --alternate/);
      expect(published()[0]?.text).toContain('docs/runbook.md#alternategrantrejected');
    });

    it('is reported when only DescribeExecution has its data', async () => {
      execution('SUCCEEDED', { output: JSON.stringify({ versions: { lostAlternate: true } }) });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
    });

    it('is ignored unless AWSCURRENT is on a version of its rotation', async () => {
      await closed(SUCCESS);

      expect(published()).toEqual([]);
    });
  });

  describe('an execution that failed', () => {
    it('is reported first, and then written to the table', async () => {
      await closed();

      expect(published()).toMatchObject([{ subject: expect.stringContaining(SECRET_NAME) }]);
      expect(snsMock.commandCalls(PublishCommand)[0]?.args[0].input.TopicArn).toBe(TOPIC_ARN);
      expect(calls).toEqual(['Publish', 'PutItem']);
      expect(items.get(SECRET_ARN)).toMatchObject({
        failingSince: { S: '2026-07-01T08:00:10.000Z' },
        notifiedAt: { S: time.now.toISOString() },
        state: { S: 'Refresh' },
        error: { S: 'RefreshTokenRejected' },
      });
    });

    it('is not reported again for four hours while the same failure lasts', async () => {
      await closed();
      time.now = new Date(FAILED_AT.getTime() + 4 * HOUR_MS - 1);
      await closed();
      const before = published().length;
      time.now = new Date(FAILED_AT.getTime() + 4 * HOUR_MS);
      await closed();

      expect(before).toBe(1);
      expect(published()).toHaveLength(2);
      expect(items.get(SECRET_ARN)).toMatchObject({
        failingSince: { S: FAILED_AT.toISOString() },
        notifiedAt: { S: time.now.toISOString() },
      });
    });

    it.each([
      ['another error', () => execution('FAILED', { error: 'ClientRejected' })],
      ['another state', () => failedIn('Verify')],
      ['another status', () => execution('TIMED_OUT')],
    ])('is reported immediately after %s, with the time of the first failure', async (_what, change) => {
      await closed();
      time.now = new Date(FAILED_AT.getTime() + 60_000);
      change();
      await closed();

      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).toContain('2026-07-01 08:00:10 UTC');
    });

    it('is reported once for each secret', async () => {
      await closed();
      const other = SECRET_ARN.replace('voicemail', 'callback');
      const input = JSON.stringify({ purpose: 'rotate', secretArn: other, versionId: VERSION });
      execution('FAILED', { input });
      await closed({ executionArn: `${EXECUTION_ARN_PREFIX}genesys-callback-325f82efc9-3a6e2d693c0f5a78` });

      expect(published()).toHaveLength(2);
      expect([...items.keys()]).toEqual([SECRET_ARN, other]);
    });

    it.each(['ABORTED', 'TIMED_OUT'] as const)('is stored by its status when it is %s', async status => {
      execution(status);

      await closed();

      expect(published()).toHaveLength(1);
      expect(items.get(SECRET_ARN)).toMatchObject({ error: { S: status }, state: { S: 'Refresh' } });
    });

    it('is stored separately from the rotation when it is a configuration test', async () => {
      execution('FAILED', { purpose: 'check-configuration', error: 'InvalidSecret' });
      failedIn('CheckConfiguration');

      await closed();

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([CHECK]);
    });

    it('is reported by its ARN when its data cannot be read', async () => {
      execution('FAILED', { input: undefined, cause: undefined, error: undefined });

      await closed();
      await closed();

      expect(published()).toHaveLength(1);
      expect(published()[0]?.text).toContain(EXECUTION);
      expect([...items.keys()]).toEqual([EXECUTION]);
    });

    describe('in Publish, after AWSCURRENT had moved', () => {
      const failedToPublish = () => {
        execution('FAILED', { error: 'AccessTokenNotPublished' });
        failedIn('Publish');
        promoted();
      };

      it('is reported with its impact', async () => {
        failedToPublish();

        await closed();

        expect(published()).toMatchObject([
          {
            subject: expect.stringContaining('Publish: AccessTokenNotPublished'),
            text: expect.stringContaining(
              'Consumers of the published access token may hold one that no longer works',
            ),
          },
        ]);
      });

      it('is over when a redrive succeeds, although AWSCURRENT has not moved since', async () => {
        failedToPublish();
        await closed();
        execution('SUCCEEDED', { stopDate: new Date(FAILED_AT.getTime() + HOUR_MS) });

        await closed({ succeeded: true });

        expect(published()).toMatchObject([{}, { subject: expect.stringContaining('works again') }]);
        expect(items.size).toBe(0);
      });
    });

    it.each([
      ['is running again', 'RUNNING'],
      ['has succeeded since', 'SUCCEEDED'],
    ] as const)('is not reported when it %s', async (_what, status) => {
      execution(status, { redriveCount: 1 });

      await closed({ redriveCount: 0 });

      expect(published()).toEqual([]);
      expect(items.size).toBe(0);
      expect(logged()).toMatchObject([{ line: { execution: EXECUTION } }]);
    });

    it('is retried when DescribeExecution still shows it as running', async () => {
      execution('RUNNING', { redriveCount: 1, stopDate: undefined });

      const error = await rejection(closed({ redriveCount: 1 }));

      expect(error.message).toContain(EXECUTION);
      expect(published()).toEqual([]);
    });

    it('is retried when DescribeExecution does not find it yet', async () => {
      stepFunctionsMock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

      const error = await rejection(closed());

      expect(error.message).toContain(EXECUTION);
      expect(published()).toEqual([]);
    });

    it.each([
      ['does not exist', awsException(ResourceNotFoundException)],
      ['no longer names the rotation function', secretsManagerException('AccessDeniedException')],
    ])('is reported when its secret %s', async (_what, refusal) => {
      secretsMock.on(DescribeSecretCommand).rejects(refusal);

      await closed();

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });

    it('is retried when Secrets Manager throttles the call', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(secretsManagerException('ThrottlingException'));

      const error = await rejection(closed());

      expect(error.name).toBe('ThrottlingException');
      expect(published()).toEqual([]);
    });

    it('is reported again when the table could not be written', async () => {
      dynamoDbMock.on(PutItemCommand).rejectsOnce(new Error('no table'));

      await rejection(closed());
      await closed();

      expect(published()).toHaveLength(2);
    });

    it('is not stored when the notification could not be sent', async () => {
      snsMock.on(PublishCommand).rejectsOnce(new Error('no topic'));

      await rejection(closed());

      expect(items.size).toBe(0);
    });
  });

  describe('an execution that is not named after the rotation in its input', () => {
    it("is reported by its ARN without a secret name, and does not change the secret's item", async () => {
      await closed();
      const planted = `${EXECUTION_ARN_PREFIX}planted`;
      execution('FAILED', { error: 'InvalidRotationRequest' });

      await closed({ executionArn: planted });

      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).not.toContain(SECRET_NAME);
      expect([...items.keys()]).toEqual([SECRET_ARN, planted]);
    });
  });

  describe('an execution that succeeded', () => {
    it('does not end the failure of a rotation while AWSPENDING is on another version', async () => {
      await closed();
      const rotation = { purpose: 'rotate', secretArn: SECRET_ARN, versionId: BASE_VERSION } as const;

      await closed({ succeeded: true, rotation, closedAt: new Date(FAILED_AT.getTime() + HOUR_MS) });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });

    it('ends the failure of a rotation even if the first read of the labels is stale', async () => {
      await closed();
      execution('SUCCEEDED');
      secretsMock
        .on(DescribeSecretCommand)
        .resolvesOnce(secretDescription())
        .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] } }));

      await closed({ succeeded: true });

      expect(published()).toHaveLength(2);
      expect(items.size).toBe(0);
    });

    it('sends nothing when nothing had failed', async () => {
      execution('SUCCEEDED');

      await closed({ succeeded: true });

      expect(published()).toEqual([]);
      expect(calls).toEqual([]);
    });

    it('is not described when its event names the rotation and the time', async () => {
      const rotation = { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION } as const;
      await closed();
      promoted();
      stepFunctionsMock.reset();

      await closed({ succeeded: true, rotation, closedAt: new Date(FAILED_AT.getTime() - 1) });
      const beforeTheFailure = [...items.keys()];
      await closed({ succeeded: true, rotation, closedAt: new Date(FAILED_AT.getTime() + HOUR_MS) });

      expect(beforeTheFailure).toEqual([SECRET_ARN]);
      expect(items.size).toBe(0);
      expect(published()).toHaveLength(2);
      expect(stepFunctionsMock.calls()).toEqual([]);
    });

    it('notifies once that the rotation works again, with the time of the first failure', async () => {
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

    it('uses the event when DescribeExecution still shows it as running', async () => {
      await closed();
      execution('RUNNING', { stopDate: undefined });
      promoted();

      await closed({ succeeded: true });

      expect(published()).toHaveLength(2);
      expect(items.size).toBe(0);
    });

    it('does not end a failure that came after it', async () => {
      await closed();
      execution('SUCCEEDED', { stopDate: new Date(FAILED_AT.getTime() - 1) });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });

    it('does not end a failure when AWSCURRENT has not moved since', async () => {
      await closed();
      execution('SUCCEEDED');
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ VersionIdsToStages: { [BASE_VERSION]: ['AWSCURRENT'] } }));

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });

    it('also ends a failed configuration test, in one message', async () => {
      execution('FAILED', { purpose: 'check-configuration' });
      await closed();
      execution('FAILED');
      await closed();
      execution('SUCCEEDED');
      await closed({ succeeded: true });

      expect(published()).toHaveLength(3);
      expect(items.size).toBe(0);
    });

    it('does not end a failed rotation when it is a configuration test', async () => {
      await closed();
      execution('SUCCEEDED', { purpose: 'check-configuration' });

      await closed({ succeeded: true });

      expect(published()).toHaveLength(1);
      expect([...items.keys()]).toEqual([SECRET_ARN]);
    });
  });
});
