import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { awsException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { TOPIC_ARN } from '../helpers/notifications.ts';
import { EXECUTION_ARN, FAILED_AT, playedNotify } from '../helpers/played-notify.ts';
import { SECRET_ARN, SECRET_NAME, VERSION } from '../helpers/secret.ts';

const HOUR_MS = 3_600_000;
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
    time,
    execution,
    failedIn,
    closed,
  } = playedNotify();

  describe('an execution that failed', () => {
    it('is said once, and remembered only then', async () => {
      await closed();

      expect(published()).toMatchObject([{ subject: expect.stringContaining(SECRET_NAME) }]);
      expect(snsMock.commandCalls(PublishCommand)[0]?.args[0].input.TopicArn).toBe(TOPIC_ARN);
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
      ['another end', () => execution('TIMED_OUT')],
    ])('is said at once when it comes to %s, with the time of the first failure', async (_what, change) => {
      await closed();
      time.now = new Date(FAILED_AT.getTime() + 60_000);
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
      expect(time.now.getTime() - FAILED_AT.getTime()).toBe(10_000);
    });

    it('is looked at again when Step Functions does not know it yet', async () => {
      stepFunctionsMock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

      const error = await rejection(closed());

      expect(error.message).toContain(EXECUTION_ARN);
      expect(published()).toEqual([]);
    });

    it('is said again rather than lost when it cannot be remembered', async () => {
      dynamoDbMock.on(PutItemCommand).rejectsOnce(new Error('no table'));

      await rejection(closed());
      await closed();

      expect(published()).toHaveLength(2);
    });

    it('is not remembered when it cannot be said', async () => {
      snsMock.on(PublishCommand).rejectsOnce(new Error('no topic'));

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
});
