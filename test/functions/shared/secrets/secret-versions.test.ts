import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidSecret, SecretNotFound } from '../../../../functions/shared/errors.ts';
import {
  belongsToRotation,
  derivedVersionId,
  describeSecret,
  findCredential,
  MAX_READ_LAG_MS,
  MAX_REREADS,
  readCurrent,
  readUntil,
  versionWithStage,
} from '../../../../functions/shared/secrets/secret-versions.ts';
import { awsException, secretsManagerException } from '../../../helpers/aws-exception.ts';
import { mockAws } from '../../../helpers/aws-mock.ts';
import { rejection } from '../../../helpers/no-secrets.ts';
import {
  BASE_VERSION,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../../../helpers/secret.ts';
import { SENTINELS, secretValue } from '../../../helpers/secret-value.ts';
import { sum } from '../../../helpers/sum.ts';

const noSleep = async (): Promise<void> => {};

describe('secret-versions', () => {
  const secretsMock = mockAws(SecretsManagerClient);
  const secrets = new SecretsManagerClient();

  beforeEach(() => {
    secretsMock.reset();
  });

  describe('describeSecret', () => {
    it('returns the full ARN, even when the secret is described by name', async () => {
      secretsMock.on(DescribeSecretCommand, { SecretId: SECRET_NAME }).resolves(secretDescription());

      const description = await describeSecret(secrets, SECRET_NAME);

      expect(description).toEqual({
        arn: SECRET_ARN,
        name: SECRET_NAME,
        rotationEnabled: true,
        stages: { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] },
      });
    });

    it('returns the rotation function, if there is one', async () => {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ RotationLambdaARN: 'arn:rotation' }));

      const description = await describeSecret(secrets, SECRET_ARN);

      expect(description.rotationFunctionArn).toBe('arn:rotation');
    });

    it('treats a missing RotationEnabled as disabled', async () => {
      secretsMock.on(DescribeSecretCommand).resolves({ $metadata: {} });

      const description = await describeSecret(secrets, SECRET_ARN);

      expect(description).toEqual({
        arn: SECRET_ARN,
        name: SECRET_ARN,
        rotationEnabled: false,
        stages: {},
      });
    });

    it('throws SecretNotFound when the secret does not exist', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(describeSecret(secrets, SECRET_ARN));

      expect(error).toBeInstanceOf(SecretNotFound);
      expect(error.message).toContain(SECRET_ARN);
    });

    it('throws SecretNotFound when the secret is scheduled for deletion', async () => {
      const DeletedDate = new Date('2026-07-01T08:00:00Z');
      secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ DeletedDate }));

      const error = await rejection(describeSecret(secrets, SECRET_ARN));

      expect(error).toBeInstanceOf(SecretNotFound);
      expect(error.message).toContain('deletion');
    });

    it.each(['AccessDeniedException', 'ThrottlingException', 'InternalServiceError'])(
      'rethrows %s with its own name, which the state machine retries',
      async name => {
        secretsMock.on(DescribeSecretCommand).rejects(secretsManagerException(name));

        const error = await rejection(describeSecret(secrets, SECRET_ARN));

        expect(error.name).toBe(name);
      },
    );
  });

  describe('versionWithStage', () => {
    it('finds a label at any position among the labels of a version', () => {
      const stages = { first: ['AAA', 'AWSCURRENT', 'ZZZ'], second: ['AWSPENDING', 'AWSPREVIOUS'] };
      const description = { arn: SECRET_ARN, name: SECRET_NAME, rotationEnabled: true, stages };

      expect(versionWithStage(description, 'AWSCURRENT')).toBe('first');
      expect(versionWithStage(description, 'AWSPENDING')).toBe('second');
      expect(versionWithStage(description, 'AWSOTHER')).toBeUndefined();
    });
  });

  describe('readUntil', () => {
    const sleeps: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      sleeps.push(ms);
    };

    beforeEach(() => {
      sleeps.length = 0;
    });

    it('returns the first read when it shows what was written', async () => {
      const read = vi.fn(async () => 'new');

      expect(await readUntil(value => value === 'new', read, sleep)).toBe('new');
      expect(read).toHaveBeenCalledTimes(1);
      expect(sleeps).toEqual([]);
    });

    it('reads again, after a pause, until the read shows it', async () => {
      const values = ['old', 'old', 'new', 'newer'];

      expect(
        await readUntil(
          value => value === 'new',
          async () => values.shift(),
          sleep,
        ),
      ).toBe('new');
      expect(values).toEqual(['newer']);
      expect(sleeps).toHaveLength(2);
    });

    it('returns the last read when no read shows it for longer than a read may be stale', async () => {
      const values = [...Array.from({ length: MAX_REREADS }, () => 'old'), 'last', 'new'];

      expect(
        await readUntil(
          value => value === 'new',
          async () => values.shift(),
          sleep,
        ),
      ).toBe('last');
      expect(values).toEqual(['new']);
      expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
      expect(MAX_READ_LAG_MS).toBeGreaterThan(2_000);
    });

    it('rethrows the error of a read without another read', async () => {
      const read = vi.fn(async () => Promise.reject(new Error('refused')));

      const error = await rejection(readUntil(() => false, read, sleep));

      expect(error.message).toBe('refused');
      expect(read).toHaveBeenCalledTimes(1);
    });
  });

  describe('findCredential', () => {
    it.each([
      [{ VersionId: VERSION }, { SecretId: SECRET_ARN, VersionId: VERSION }],
      [{ VersionStage: 'AWSCURRENT' } as const, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' }],
    ])('reads the version selected by %j and nothing else', async (selector, input) => {
      secretsMock
        .on(GetSecretValueCommand)
        .resolves({ VersionId: VERSION, SecretString: secretValue({ region: 'eu-west-1' }) });

      const stored = await findCredential(secrets, SECRET_ARN, selector, noSleep);

      expect(stored).toMatchObject({ versionId: VERSION, credential: { host: 'mypurecloud.ie' } });
      expect(secretsMock.commandCalls(GetSecretValueCommand).map(call => call.args[0].input)).toEqual([
        input,
      ]);
    });

    it('finds a version whose value becomes visible after a stale read', async () => {
      secretsMock
        .on(GetSecretValueCommand)
        .rejectsOnce(awsException(ResourceNotFoundException))
        .resolves({ VersionId: VERSION, SecretString: secretValue() });

      const stored = await findCredential(secrets, SECRET_ARN, { VersionId: VERSION }, noSleep);

      expect(stored?.versionId).toBe(VERSION);
    });

    it('returns undefined when no read finds a value', async () => {
      secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));

      expect(await findCredential(secrets, SECRET_ARN, { VersionId: VERSION }, noSleep)).toBeUndefined();
      expect(secretsMock.calls()).toHaveLength(MAX_REREADS + 1);
    });

    it.each([
      awsException(InvalidRequestException),
      secretsManagerException('AccessDeniedException'),
      secretsManagerException('ThrottlingException'),
    ])('rethrows %s, which does not prove that there is no value', async exception => {
      secretsMock.on(GetSecretValueCommand).rejects(exception);

      const error = await rejection(findCredential(secrets, SECRET_ARN, { VersionId: VERSION }, noSleep));

      expect(error).toBe(exception);
      expect(secretsMock.calls()).toHaveLength(1);
    });

    it('throws InvalidSecret for a value that is not a credential, without quoting it', async () => {
      const SecretString = `{"clientSecret": ${SENTINELS.clientSecret}}`;
      secretsMock.on(GetSecretValueCommand).resolves({ VersionId: VERSION, SecretString });

      const error = await rejection(findCredential(secrets, SECRET_ARN, { VersionId: VERSION }, noSleep));

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain(SECRET_ARN);
    });
  });

  describe('readCurrent', () => {
    it('reads AWSCURRENT', async () => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: BASE_VERSION, SecretString: secretValue() });

      const current = await readCurrent(secrets, SECRET_ARN, noSleep);

      expect(current).toMatchObject({
        versionId: BASE_VERSION,
        credential: { refreshToken: 'sentinel-current-refresh-token' },
      });
    });

    it('throws InvalidSecret when AWSCURRENT has no value', async () => {
      secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(readCurrent(secrets, SECRET_ARN, noSleep));

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain(SECRET_ARN);
    });
  });
});

describe('derivedVersionId', () => {
  const VALUE = '{"refreshToken":"second"}';
  const DERIVED = 'db3855a227f2aa115bb78a8818d433bb5163aaa30ff0500fd7481c61b567cc3e';

  it('is derived from the rotation and the value, within the 64 characters that Secrets Manager accepts', () => {
    expect(derivedVersionId(VERSION, VALUE)).toBe(DERIVED);
    expect(DERIVED).toHaveLength(64);
  });

  it('differs for another value and for another rotation', () => {
    expect(derivedVersionId(VERSION, '{"refreshToken":"third"}')).not.toBe(DERIVED);
    expect(derivedVersionId(BASE_VERSION, VALUE)).not.toBe(DERIVED);
  });

  it("belongs to its rotation, like the rotation's own version", () => {
    expect(belongsToRotation(DERIVED, VERSION)).toBe(true);
    expect(belongsToRotation(VERSION, VERSION)).toBe(true);
  });

  it.each([
    ['a version of another rotation', BASE_VERSION, VERSION],
    ['one that was derived in another rotation', DERIVED, BASE_VERSION],
    ['one that only begins like a derived one', DERIVED.slice(0, 32), VERSION],
    ['one that is longer than a derived one', `${DERIVED}0`, VERSION],
    ['the original version, compared with the derived one', VERSION, DERIVED],
  ])('does not belong to the rotation: %s', (_what, candidate, versionId) => {
    expect(belongsToRotation(candidate, versionId)).toBe(false);
  });
});
