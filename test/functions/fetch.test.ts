import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FetchResult, fetchVersions } from '../../functions/fetch/fetch.ts';
import { type FetchRequest, parseFetchRequest } from '../../functions/fetch/fetch-request.ts';
import { InvalidRotationRequest, InvalidSecret, SecretNotFound } from '../../functions/shared/errors.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { expectNoSecrets, rejection, watchedLog } from '../helpers/no-secrets.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';

const EVENT = {
  input: { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION, sealedRotationToken: 'v1.a.b.c' },
  execution: 'arn:execution',
  state: 'Fetch',
};
const REQUEST: FetchRequest = {
  purpose: 'rotate',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  execution: 'arn:execution',
  state: 'Fetch',
};

describe('fetch', () => {
  const logged = watchedLog();
  const secretsMock = mockClient(SecretsManagerClient);
  const secrets = new SecretsManagerClient();

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored('AWSCURRENT', secretValue());
  });

  /** Gives a version a value; a label stands for the version that it is on. */
  function stored(version: 'AWSCURRENT' | (string & {}), SecretString: string): void {
    if (version === 'AWSCURRENT') {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: BASE_VERSION, SecretString });
    } else {
      secretsMock
        .on(GetSecretValueCommand, { VersionId: version })
        .resolves({ VersionId: version, SecretString });
    }
  }

  function labelled(stages: Record<string, string[]>): void {
    secretsMock
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ VersionIdsToStages: { [BASE_VERSION]: ['AWSCURRENT'], ...stages } }));
  }

  async function fetched(changes: Partial<FetchRequest> = {}): Promise<FetchResult> {
    const result = await fetchVersions({ ...REQUEST, ...changes }, { secrets });
    expectNoSecrets(result);
    return result;
  }

  it('routes to a refresh when the version of this rotation has no value yet', async () => {
    const result = await fetched();

    expect(result).toEqual({ route: 'refresh', baseVersionId: BASE_VERSION, pendingVersionId: VERSION });
  });

  it('trusts what it read as AWSCURRENT while the labels lag behind', async () => {
    secretsMock
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSPENDING'] } }));

    expect(await fetched()).toMatchObject({ route: 'refresh', baseVersionId: BASE_VERSION });
  });

  it('reads labels, AWSCURRENT and its own version, and writes nothing', async () => {
    await fetched();

    expect(secretsMock.commandCalls(DescribeSecretCommand)[0]?.args[0].input).toEqual({
      SecretId: SECRET_ARN,
    });
    expect(secretsMock.commandCalls(GetSecretValueCommand).map(call => call.args[0].input)).toEqual([
      { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' },
      { SecretId: SECRET_ARN, VersionId: VERSION },
    ]);
    expect(secretsMock.calls()).toHaveLength(3);
  });

  it('logs the route under the names by which an operator looks for it', async () => {
    await fetched();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'fetched',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: 'arn:execution',
          state: 'Fetch',
          route: 'refresh',
          baseVersionId: BASE_VERSION,
          pendingVersionId: VERSION,
        },
      },
    ]);
  });

  describe('when only the configuration is tested', () => {
    it('routes to the check, whatever the version holds', async () => {
      stored(VERSION, secretValue());

      const result = await fetched({ purpose: 'check-configuration' });

      expect(result).toEqual({
        route: 'checkConfiguration',
        baseVersionId: BASE_VERSION,
        pendingVersionId: VERSION,
      });
    });

    it('routes to the check even for a version that is AWSCURRENT', async () => {
      labelled({ [BASE_VERSION]: [], [VERSION]: ['AWSCURRENT', 'AWSPENDING'] });

      expect((await fetched({ purpose: 'check-configuration' })).route).toBe('checkConfiguration');
    });
  });

  describe('when the rotation is done already', () => {
    it('routes to the end when its version is AWSCURRENT', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [VERSION]: ['AWSCURRENT'] });
      stored(VERSION, secretValue());

      expect((await fetched()).route).toBe('rotated');
    });

    it('routes to the end when the version derived from it is AWSCURRENT and AWSPENDING', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT', 'AWSPENDING'] });
      stored(VERSION, secretValue());

      const result = await fetched();

      expect(result).toMatchObject({ route: 'rotated', pendingVersionId: DERIVED_VERSION });
    });

    it('routes to the end when Secrets Manager took AWSPENDING off the derived version', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] });
      stored(VERSION, secretValue());

      expect((await fetched()).route).toBe('rotated');
    });
  });

  describe('when an earlier attempt stored a value', () => {
    it('resumes with it while it is AWSPENDING', async () => {
      stored(VERSION, secretValue());

      expect(await fetched()).toEqual({
        route: 'verifyResumed',
        baseVersionId: BASE_VERSION,
        pendingVersionId: VERSION,
      });
    });

    it('resumes with the version that was derived from this rotation', async () => {
      labelled({ [DERIVED_VERSION]: ['AWSPENDING'] });
      stored(VERSION, secretValue());
      stored(DERIVED_VERSION, secretValue());

      expect(await fetched()).toEqual({
        route: 'verifyResumed',
        baseVersionId: BASE_VERSION,
        pendingVersionId: DERIVED_VERSION,
      });
    });

    it('stands down when AWSPENDING was taken off it: a newer credential was written', async () => {
      labelled({});
      stored(VERSION, secretValue());

      expect((await fetched()).route).toBe('standDown');
    });

    it('stands down when AWSPENDING is on a version of another rotation', async () => {
      labelled({ [FOREIGN_VERSION]: ['AWSPENDING'] });
      stored(VERSION, secretValue());

      expect(await fetched()).toMatchObject({ route: 'standDown', pendingVersionId: VERSION });
    });

    const EARLY = '2026-07-01T08:00:00.000Z';
    const LATE = '2026-07-01T09:00:00.000Z';

    it.each([
      ['stands down', 'dies before that of AWSCURRENT', EARLY, LATE, 'standDown'],
      ['resumes', 'outlives that of AWSCURRENT', LATE, EARLY, 'verifyResumed'],
      ['resumes', 'dies with that of AWSCURRENT', EARLY, EARLY, 'verifyResumed'],
      ['resumes', 'has no known end', undefined, LATE, 'verifyResumed'],
      ['resumes', 'is beside one without a known end', EARLY, undefined, 'verifyResumed'],
      ['resumes', 'is beside one with an unreadable end', EARLY, 'tomorrow', 'verifyResumed'],
    ])('%s when its access token %s', async (_verb, _when, expiresAt, baseExpiresAt, route) => {
      stored('AWSCURRENT', secretValue({ expiresAt: baseExpiresAt }));
      stored(VERSION, secretValue({ expiresAt }));

      expect((await fetched()).route).toBe(route);
    });
  });

  it.each(['not JSON', '[]', secretValue({ refreshToken: undefined })])(
    'refreshes when the stored pending value is of no use: %s',
    async value => {
      stored(VERSION, value);

      expect((await fetched()).route).toBe('refresh');
    },
  );

  it('refreshes when the derived version holds a value of no use', async () => {
    labelled({ [DERIVED_VERSION]: ['AWSPENDING'] });
    stored(DERIVED_VERSION, 'not JSON');

    expect(await fetched()).toMatchObject({ route: 'refresh', pendingVersionId: DERIVED_VERSION });
  });

  describe('fails before anything is spent', () => {
    it('with InvalidSecret when AWSCURRENT has no value', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .rejects(awsException(ResourceNotFoundException));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain(SECRET_ARN);
    });

    it.each([
      ['no JSON', SENTINELS.refreshToken],
      ['an array', '[]'],
      ['a missing key', secretValue({ clientSecret: undefined })],
      ['an empty key', secretValue({ refreshToken: '' })],
      ['a key of a wrong type', secretValue({ clientId: 7 })],
      ['an unknown region', secretValue({ region: 'eu-central-9' })],
    ])('with InvalidSecret when AWSCURRENT holds %s', async (_what, value) => {
      stored('AWSCURRENT', value);

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
    });

    it('with InvalidSecret when AWSCURRENT is binary', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: BASE_VERSION, SecretBinary: Buffer.from(secretValue()) });

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
    });

    it('with SecretNotFound when the secret does not exist, although the reads fail as well', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));
      secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(SecretNotFound);
    });

    it('with SecretNotFound when the secret is scheduled for deletion, although the reads are refused', async () => {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ DeletedDate: new Date('2026-07-01T08:00:00Z') }));
      secretsMock.on(GetSecretValueCommand).rejects(awsException(InvalidRequestException));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(SecretNotFound);
    });

    it('with the error of Secrets Manager when AWSCURRENT cannot be read', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .rejects(secretsManagerException('AccessDeniedException'));

      const error = await rejection(fetched());

      expect(error.name).toBe('AccessDeniedException');
    });

    it('with the error of Secrets Manager when its own version cannot be read: it may hold newer tokens', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionId: VERSION })
        .rejects(secretsManagerException('ThrottlingException'));

      const error = await rejection(fetched());

      expect(error.name).toBe('ThrottlingException');
    });

    it('with the error of Secrets Manager when the derived version cannot be read', async () => {
      labelled({ [DERIVED_VERSION]: ['AWSPENDING'] });
      secretsMock
        .on(GetSecretValueCommand, { VersionId: DERIVED_VERSION })
        .rejects(secretsManagerException('ThrottlingException'));

      const error = await rejection(fetched());

      expect(error.name).toBe('ThrottlingException');
    });
  });
});

describe('fetch-request', () => {
  it('reads what the state Fetch hands over', () => {
    expect(parseFetchRequest(EVENT)).toEqual(REQUEST);
  });

  it('takes an execution without a RotationToken', () => {
    const event = { ...EVENT, input: { ...EVENT.input, sealedRotationToken: null } };

    expect(parseFetchRequest(event)).toEqual(REQUEST);
  });

  it.each([
    ['purpose', { purpose: 'refresh' }],
    ['purpose', { purpose: undefined }],
    ['secretArn', { secretArn: undefined }],
    ['secretArn', { secretArn: '' }],
    ['versionId', { versionId: undefined }],
    ['versionId', { versionId: 7 }],
    ['sealedRotationToken', { sealedRotationToken: undefined }],
    ['sealedRotationToken', { sealedRotationToken: '' }],
  ])('refuses an execution whose input has no valid %s: %j', async (key, change) => {
    const event = { ...EVENT, input: { ...EVENT.input, ...change } };

    const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });

  it.each(['input', 'execution', 'state'])('refuses a request without %s', async key => {
    const event = { ...EVENT, [key]: undefined };

    const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
