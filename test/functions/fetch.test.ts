import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ListSecretVersionIdsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FetchResult, fetchVersions } from '../../functions/fetch/fetch.ts';
import type { FetchRequest } from '../../functions/fetch/fetch-request.ts';
import { InvalidSecret, SecretNotFound } from '../../functions/shared/errors.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
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

const REQUEST: FetchRequest = {
  purpose: 'rotate',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  recoveredBaseVersionId: null,
  execution: 'arn:execution',
  state: 'Fetch',
};

describe('fetch', () => {
  const logged = watchedLog();
  const secretsMock = mockAws(SecretsManagerClient);
  const secrets = new SecretsManagerClient();

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored('AWSCURRENT', secretValue());
    listed([BASE_VERSION, '2026-07-01T00:00:00Z'], [VERSION, '2026-07-01T08:00:00Z']);
  });

  /** What ListSecretVersionIds says: the versions and when they were made. */
  function listed(...versions: readonly (readonly [string, string])[]): void {
    secretsMock.on(ListSecretVersionIdsCommand).resolves({
      Versions: versions.map(([VersionId, time]) => ({ VersionId, CreatedDate: new Date(time) })),
    });
  }

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

  /** A value with other tokens than AWSCURRENT has. */
  function newValue(changes: Readonly<Record<string, unknown>> = {}): string {
    return secretValue({
      accessToken: SENTINELS.newAccessToken,
      refreshToken: SENTINELS.newRefreshToken,
      ...changes,
    });
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
    expect(secretsMock.commandCalls(ListSecretVersionIdsCommand)[0]?.args[0].input).toMatchObject({
      SecretId: SECRET_ARN,
      IncludeDeprecated: true,
    });
    expect(secretsMock.calls()).toHaveLength(4);
  });

  it('logs the route under the names by which an operator looks for it', async () => {
    await fetched();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'fetched',
          secretName: 'genesys/voicemail',
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
      stored(VERSION, newValue());

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
      stored(VERSION, newValue());

      expect((await fetched()).route).toBe('rotated');
    });

    it('routes to the end when the version derived from it is AWSCURRENT and AWSPENDING', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT', 'AWSPENDING'] });
      stored(VERSION, newValue());

      const result = await fetched();

      expect(result).toMatchObject({ route: 'rotated', pendingVersionId: DERIVED_VERSION });
    });

    it('routes to the end when Secrets Manager took AWSPENDING off the derived version', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] });
      stored(VERSION, newValue());

      expect((await fetched()).route).toBe('rotated');
    });
  });

  describe('when an earlier attempt stored a value', () => {
    it('resumes with it while it is AWSPENDING', async () => {
      stored(VERSION, newValue());

      expect(await fetched()).toEqual({
        route: 'verifyResumed',
        baseVersionId: BASE_VERSION,
        pendingVersionId: VERSION,
      });
    });

    it('refreshes when its version is a copy of AWSCURRENT, as a configuration test is made on', async () => {
      stored(VERSION, secretValue());

      expect(await fetched()).toEqual({
        route: 'refresh',
        baseVersionId: BASE_VERSION,
        pendingVersionId: VERSION,
      });
    });

    it('resumes with the version that was derived from this rotation', async () => {
      labelled({ [DERIVED_VERSION]: ['AWSPENDING'] });
      stored(VERSION, newValue());
      stored(DERIVED_VERSION, newValue());

      expect(await fetched()).toEqual({
        route: 'verifyResumed',
        baseVersionId: BASE_VERSION,
        pendingVersionId: DERIVED_VERSION,
      });
    });

    it.each([
      ['is on no version', {}],
      ['is on a version of another rotation', { [FOREIGN_VERSION]: ['AWSPENDING'] }],
    ])('stands down when AWSPENDING %s: a newer credential was written', async (_where, stages) => {
      labelled(stages);
      stored(VERSION, newValue());

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
      stored(VERSION, newValue({ expiresAt }));

      expect((await fetched()).route).toBe(route);
    });

    it.each([
      ['resumes', 'outlives that of AWSCURRENT', LATE, EARLY, 'verifyResumed'],
      ['stands down', 'dies before that of AWSCURRENT', EARLY, LATE, 'standDown'],
      ['stands down', 'dies with that of AWSCURRENT', EARLY, EARLY, 'standDown'],
      ['stands down', 'has no known end', undefined, EARLY, 'standDown'],
      ['stands down', 'is beside one without a known end', LATE, undefined, 'standDown'],
    ])(
      '%s without AWSPENDING when its access token %s',
      async (_verb, _when, expiresAt, baseExpiresAt, route) => {
        labelled({});
        stored('AWSCURRENT', secretValue({ expiresAt: baseExpiresAt }));
        stored(VERSION, newValue({ expiresAt }));

        expect((await fetched()).route).toBe(route);
      },
    );
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

  describe('when another rotation left something behind', () => {
    const RECOVERED = { recoveredBaseVersionId: BASE_VERSION };

    function leftBehind(value: string = secretValue({ refreshToken: SENTINELS.newRefreshToken })): void {
      listed(
        [BASE_VERSION, '2026-07-01T00:00:00Z'],
        [FOREIGN_VERSION, '2026-07-01T04:00:00Z'],
        [VERSION, '2026-07-01T08:00:00Z'],
      );
      stored(FOREIGN_VERSION, value);
    }

    it('refreshes from the version that was stored and never promoted', async () => {
      leftBehind();

      expect(await fetched()).toEqual({
        route: 'refreshFound',
        baseVersionId: BASE_VERSION,
        pendingVersionId: FOREIGN_VERSION,
      });
    });

    it.each([
      ['is no credential', 'not JSON'],
      ['holds no other refresh token than AWSCURRENT', secretValue()],
    ])('refreshes from AWSCURRENT when what was stored %s', async (_what, value) => {
      leftBehind(value);

      expect(await fetched()).toMatchObject({ route: 'refresh', pendingVersionId: VERSION });
    });

    it('stores the sealed tokens that were recovered, if they came from AWSCURRENT', async () => {
      expect(await fetched(RECOVERED)).toEqual({
        route: 'storeRecovered',
        baseVersionId: BASE_VERSION,
        pendingVersionId: VERSION,
      });
    });

    it('leaves recovered tokens that came from another version alone: AWSCURRENT is newer', async () => {
      expect((await fetched({ recoveredBaseVersionId: FOREIGN_VERSION })).route).toBe('refresh');
    });

    it('prefers the sealed tokens, which nothing stored holds yet, to a stored version', async () => {
      leftBehind();

      expect((await fetched(RECOVERED)).route).toBe('storeRecovered');
    });

    it('prefers what it stored itself to what another rotation left', async () => {
      leftBehind();
      stored(VERSION, newValue());

      expect((await fetched(RECOVERED)).route).toBe('verifyResumed');
    });

    it.each([
      ['its version', VERSION, [VERSION]],
      ['the version derived from it', DERIVED_VERSION, [VERSION, DERIVED_VERSION]],
    ])('does not take %s for what another rotation left, nor read it again', async (_what, own, read) => {
      labelled({ [own]: ['AWSPENDING'] });
      listed([BASE_VERSION, '2026-07-01T00:00:00Z'], [own, '2026-07-01T08:00:00Z']);

      const result = await fetched();

      expect(result).toMatchObject({ route: 'refresh', pendingVersionId: own });
      const reads = secretsMock.commandCalls(GetSecretValueCommand).map(call => call.args[0].input.VersionId);
      expect(reads).toEqual([undefined, ...read]);
    });

    it('does not search when only the configuration is tested', async () => {
      leftBehind();

      expect((await fetched({ ...RECOVERED, purpose: 'check-configuration' })).route).toBe(
        'checkConfiguration',
      );
      expect(secretsMock.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    });

    it.each(['AccessDeniedException', 'ThrottlingException'])(
      'fails with %s when the versions cannot be listed, before a spent token is presented',
      async name => {
        secretsMock.on(ListSecretVersionIdsCommand).rejects(secretsManagerException(name));

        const error = await rejection(fetched());

        expect(error.name).toBe(name);
      },
    );

    it('needs no list where there is nothing to search for', async () => {
      secretsMock.on(ListSecretVersionIdsCommand).rejects(secretsManagerException('ThrottlingException'));
      stored(VERSION, newValue());

      expect((await fetched()).route).toBe('verifyResumed');
    });
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
