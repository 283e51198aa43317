import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { HOUR_MS } from '../helpers/durations.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { FAILED_AT, playedNotify } from '../helpers/played-notify.ts';
import {
  BASE_VERSION,
  ROTATION_FUNCTION_ARN,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';

describe('notify: the end of a rotation', () => {
  const { items, calls, published, logged, secretsMock, time, execution, closed, rotationEnded } =
    playedNotify();

  describe('a rotation that Secrets Manager reports as failed', () => {
    it('is notified with its reason when no failed execution is notified first', async () => {
      await rotationEnded(false);

      expect(published()).toHaveLength(1);
      expect(published()[0]?.text).toContain('Secrets Manager may not invoke the function.');
      expect(items.get(SECRET_ARN)).toMatchObject({
        error: { S: 'RotationFailed' },
        failingSince: { S: '2026-07-01T08:00:10.000Z' },
        notifiedAt: { S: time.now.toISOString() },
      });
      expect(items.get(SECRET_ARN)).not.toHaveProperty('execution');
    });

    it('is notified again only after four hours', async () => {
      await rotationEnded(false);
      const saidAt = time.now.getTime();
      time.now = new Date(saidAt + 4 * HOUR_MS - 1);
      await rotationEnded(false);
      const before = published().length;
      time.now = new Date(saidAt + 4 * HOUR_MS);
      await rotationEnded(false);

      expect(before).toBe(1);
      expect(published()).toHaveLength(2);
      expect(published()[1]?.text).toContain('2026-07-01 08:00:10 UTC');
    });

    it('is not notified when its execution was, however long ago', async () => {
      await closed();
      time.now = new Date(FAILED_AT.getTime() + 24 * HOUR_MS);

      await rotationEnded(false);

      expect(published()).toHaveLength(1);
    });

    it.each([
      ['is on the version of AWSCURRENT', { [VERSION]: ['AWSCURRENT', 'AWSPENDING'] }],
      ['is on no version', { [VERSION]: ['AWSCURRENT'], [BASE_VERSION]: ['AWSPREVIOUS'] }],
    ])('is not notified when it is complete: AWSPENDING %s', async (_what, stages) => {
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
    ])('is ignored when the secret names %s', async (_what, RotationLambdaARN) => {
      secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ RotationLambdaARN }));

      await rotationEnded(false);

      expect(calls).toEqual([]);
      expect(logged()).toEqual([]);
    });

    it('does not notify twice when the failed execution is notified meanwhile', async () => {
      time.whileWaiting = () => closed();

      await rotationEnded(false);

      expect(published()).toHaveLength(1);
      expect(published()[0]?.subject).toContain('failed in Refresh');
    });

    it('is notified when the secret names an alias of the function', async () => {
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
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] } }));

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
