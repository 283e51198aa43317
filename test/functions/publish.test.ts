import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InternalServiceError,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PublishDependencies, type PublishResult, publish } from '../../functions/publish/publish.ts';
import { AccessTokenNotPublished, InvalidSecret, SecretNotFound } from '../../functions/shared/errors.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureLog, rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN, secretDescription, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

const PUBLISHED_NAME = 'genesys/voicemail/access-token';
const REQUEST = { secretArn: SECRET_ARN, versionId: VERSION, execution: EXECUTION, state: 'Publish' };
const KEYS = { region: 'mypurecloud.de', expiresAt: '2026-07-02T07:59:58.000Z' };

describe('publish', () => {
  const logged = captureLog();
  const secretsMock = mockAws(SecretsManagerClient);
  let sleeps = 0;

  beforeEach(() => {
    sleeps = 0;
    secretsMock.reset();
    rotatedAt(VERSION);
    secretsMock.on(GetSecretValueCommand).callsFake(({ VersionId }) => ({
      VersionId,
      SecretString: secretValue({ ...KEYS, accessToken: `${SENTINELS.newAccessToken}-${VersionId}` }),
    }));
    secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: ['AWSCURRENT'] });
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
  });

  /** AWSCURRENT of the rotated secret in successive reads; the last one repeats. */
  function rotatedAt(...versions: [string, ...string[]]): void {
    const on = secretsMock.on(DescribeSecretCommand, { SecretId: SECRET_ARN });
    for (const version of versions.slice(0, -1)) on.resolvesOnce(current(version));
    on.resolves(current(versions.at(-1) ?? ''));
  }

  function current(version: string) {
    return secretDescription({ VersionIdsToStages: { [version]: ['AWSCURRENT'] } });
  }

  function published(changes: Partial<PublishDependencies> = {}): Promise<PublishResult> {
    return publish(REQUEST, {
      secrets: new SecretsManagerClient(),
      genesysUrlsOf: host => ({ loginUrl: `https://login.${host}`, apiUrl: `https://api.${host}` }),
      sleep: async () => {
        sleeps += 1;
      },
      ...changes,
    });
  }

  function writes() {
    return secretsMock.commandCalls(PutSecretValueCommand).map(call => call.args[0].input);
  }

  it('writes access token, expiry, API and region of AWSCURRENT, and nothing else', async () => {
    const result = await published();

    expect(result).toEqual({ publishedVersionId: VERSION });
    expect(writes()).toMatchObject([{ SecretId: PUBLISHED_NAME }]);
    expect(JSON.parse(writes()[0]?.SecretString ?? '')).toEqual({
      accessToken: `${SENTINELS.newAccessToken}-${VERSION}`,
      expiresAt: '2026-07-02T07:59:58.000Z',
      apiUrl: 'https://api.mypurecloud.de',
      region: 'mypurecloud.de',
    });
    expect(sleeps).toBe(0);
  });

  it('writes null for an unknown expiry', async () => {
    secretsMock.on(GetSecretValueCommand).resolves({ SecretString: secretValue() });

    await published();

    expect(JSON.parse(writes()[0]?.SecretString ?? '')).toMatchObject({
      expiresAt: null,
      region: 'mypurecloud.com',
    });
  });

  it('derives the name of the published secret from the ARN, not from the value', async () => {
    secretsMock.on(GetSecretValueCommand).resolves({
      SecretString: secretValue({ publishTo: 'attacker/secret', secretArn: 'attacker', name: 'attacker' }),
    });

    await published();

    expect(writes().map(({ SecretId }) => SecretId)).toEqual([PUBLISHED_NAME]);
  });

  it('uses the same version id for the same version, and another one for another version', async () => {
    await published();
    await published();
    rotatedAt(FOREIGN_VERSION);
    await published();

    const [first, second, other] = writes().map(({ ClientRequestToken }) => ClientRequestToken);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('reads again when AWSCURRENT does not show the rotation yet', async () => {
    rotatedAt(BASE_VERSION, BASE_VERSION, VERSION);

    expect(await published()).toEqual({ publishedVersionId: VERSION });
    expect(sleeps).toBe(2);
  });

  it('publishes the current version even if another rotation wrote it', async () => {
    rotatedAt(FOREIGN_VERSION);

    expect(await published()).toEqual({ publishedVersionId: FOREIGN_VERSION });
  });

  it('publishes again when AWSCURRENT has moved since', async () => {
    rotatedAt(VERSION, FOREIGN_VERSION);

    expect(await published()).toEqual({ publishedVersionId: FOREIGN_VERSION });
    expect(writes()).toHaveLength(2);
  });

  it('moves AWSCURRENT of the published secret back to a version that was published before', async () => {
    secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: ['AWSPREVIOUS'] });
    secretsMock
      .on(DescribeSecretCommand, { SecretId: PUBLISHED_NAME })
      .resolves({ VersionIdsToStages: { later: ['AWSCURRENT'] } });

    await published();

    expect(secretsMock.commandCalls(UpdateSecretVersionStageCommand)[0]?.args[0].input).toEqual({
      SecretId: PUBLISHED_NAME,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: writes()[0]?.ClientRequestToken,
      RemoveFromVersionId: 'later',
    });
  });

  it('does not write the published secret when AWSCURRENT has no access token yet', async () => {
    secretsMock.on(GetSecretValueCommand).resolves({ SecretString: secretValue({ accessToken: undefined }) });

    expect(await published()).toEqual({ publishedVersionId: null });
    expect(writes()).toEqual([]);
  });

  it.each([
    ['does not exist', awsException(ResourceNotFoundException)],
    ['lacks the tag', secretsManagerException('AccessDeniedException')],
    ['is scheduled for deletion', awsException(InvalidRequestException)],
  ])('throws AccessTokenNotPublished with its name when the published secret %s', async (_, refusal) => {
    secretsMock.on(PutSecretValueCommand).rejects(refusal);

    const error = await rejection(published());

    expect(error).toBeInstanceOf(AccessTokenNotPublished);
    expect(error.message).toContain(PUBLISHED_NAME);
    expect(error.message).toContain(refusal.name);
  });

  it.each([
    ['throttling', secretsManagerException('ThrottlingException')],
    ['a fault of Secrets Manager', awsException(InternalServiceError)],
  ])('rethrows %s, which the state machine retries', async (_, fault) => {
    secretsMock.on(PutSecretValueCommand).rejects(fault);

    expect(await rejection(published())).toBe(fault);
  });

  it('throws SecretNotFound when the rotated secret is gone', async () => {
    secretsMock
      .on(DescribeSecretCommand, { SecretId: SECRET_ARN })
      .rejects(awsException(ResourceNotFoundException));

    expect(await rejection(published())).toBeInstanceOf(SecretNotFound);
  });

  it('throws InvalidSecret when AWSCURRENT has no value', async () => {
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));

    expect(await rejection(published())).toBeInstanceOf(InvalidSecret);
  });

  it('publishes nothing from a secret that must name its host but does not', async () => {
    secretsMock.on(GetSecretValueCommand).resolves({ SecretString: secretValue() });

    expect(await rejection(published({ hostRequired: true }))).toBeInstanceOf(InvalidSecret);
    expect(writes()).toEqual([]);
  });

  it('logs the version, but no token', async () => {
    await published();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'published',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: EXECUTION,
          state: 'Publish',
          publishedVersionId: VERSION,
        },
      },
    ]);
  });
});
