import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type FetchRequest,
  type FetchResult,
  fetchCredential,
  parseFetchRequest,
} from '../../functions/fetch/fetch.ts';
import { InvalidRotationRequest, InvalidSecret, SecretNotFound } from '../../functions/shared/errors.ts';
import { MAX_VALUE_BYTES, TOKEN_ROOM_BYTES } from '../../functions/shared/secrets/secret-value.ts';
import { MAX_READ_LAG_MS, MAX_REREADS } from '../../functions/shared/secrets/secret-versions.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';
import { mockLabels, type Stages } from '../helpers/label-reads.ts';
import { captureLog, expectNoSecrets, rejection } from '../helpers/no-secrets.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { sum } from '../helpers/sum.ts';
import { EXECUTION, FETCH } from '../helpers/task-requests.ts';

describe('fetch', () => {
  const logged = captureLog();
  const secretsMock = mockAws(SecretsManagerClient);
  let sleeps: number[] = [];

  beforeEach(() => {
    sleeps = [];
    secretsMock.reset();
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    current(secretValue());
  });

  function current(SecretString: string): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
      .resolves({ VersionId: BASE_VERSION, SecretString });
  }

  /** The labels in successive reads. */
  function labelled(...reads: [Stages, ...Stages[]]): void {
    mockLabels(secretsMock, ...reads);
  }

  async function fetched(
    changes: Partial<FetchRequest> = {},
    { hostRequired = false }: { readonly hostRequired?: boolean } = {},
  ): Promise<FetchResult> {
    const result = await fetchCredential(
      { ...FETCH, ...changes },
      {
        secrets: new SecretsManagerClient(),
        hostRequired,
        sleep: async ms => {
          sleeps.push(ms);
        },
      },
    );
    expectNoSecrets(result);
    return result;
  }

  /** The writes, which remove labels. */
  function updates(): object[] {
    return secretsMock.commandCalls(UpdateSecretVersionStageCommand).map(call => call.args[0].input);
  }

  describe('routes', () => {
    it.each<[string, string, Stages]>([
      ['refresh', 'its version is AWSPENDING', { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] }],
      [
        'refresh',
        'a version derived from it is AWSPENDING',
        { [BASE_VERSION]: ['AWSCURRENT'], [DERIVED_VERSION]: ['AWSPENDING'] },
      ],
      [
        'refresh',
        'it was rolled back: AWSPENDING is on its version, AWSCURRENT on an older one',
        { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING', 'AWSPREVIOUS'] },
      ],
      [
        'rotated',
        'its version is AWSCURRENT',
        { [BASE_VERSION]: ['AWSPREVIOUS'], [VERSION]: ['AWSCURRENT'] },
      ],
      [
        'rotated',
        'its version is AWSCURRENT and still AWSPENDING',
        { [BASE_VERSION]: ['AWSPREVIOUS'], [VERSION]: ['AWSCURRENT', 'AWSPENDING'] },
      ],
      [
        'rotated',
        'a version derived from it is AWSCURRENT',
        { [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] },
      ],
    ])('to %s when %s, and writes nothing', async (route, _when, stages) => {
      labelled(stages);

      expect(await fetched()).toEqual({ route });
      expect(updates()).toEqual([]);
    });

    it('to rotated when its version is AWSCURRENT, and removes a leftover AWSPENDING', async () => {
      labelled({ [VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] });

      expect(await fetched()).toEqual({ route: 'rotated' });
      expect(updates()).toEqual([
        { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: FOREIGN_VERSION },
      ]);
    });

    it('to rotated after a redrive, and leaves AWSPENDING on the version of another rotation', async () => {
      labelled({ [VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] });

      expect(await fetched({ redriveCount: 1 })).toEqual({ route: 'rotated' });
      expect(updates()).toEqual([]);
    });

    it.each<[string, Stages]>([
      ['AWSPENDING', { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] }],
      ['AWSCURRENT', { [BASE_VERSION]: ['AWSPREVIOUS'], [VERSION]: ['AWSCURRENT', 'AWSPENDING'] }],
    ])('a configuration test to its check when its version is %s', async (_label, stages) => {
      labelled(stages);

      const result = await fetched({ purpose: 'check-configuration', execution: `${EXECUTION}-check` });

      expect(result).toEqual({ route: 'checkConfiguration' });
    });

    it.each([`${EXECUTION}-2`, `${EXECUTION}-17`])('another attempt, %s', async execution => {
      expect(await fetched({ execution })).toEqual({ route: 'refresh' });
    });
  });

  it('reads the labels and AWSCURRENT once each, and nothing else', async () => {
    await fetched();

    expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
      { SecretId: SECRET_ARN },
      { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' },
    ]);
    expect(sleeps).toEqual([]);
  });

  it('reads the labels again while they do not show the rotation', async () => {
    labelled(
      { [BASE_VERSION]: ['AWSCURRENT'] },
      { [BASE_VERSION]: ['AWSCURRENT'] },
      { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] },
    );

    expect(await fetched()).toEqual({ route: 'refresh' });
    expect(sleeps).toHaveLength(2);
  });

  it('logs the route', async () => {
    await fetched();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'fetched',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: EXECUTION,
          state: 'Fetch',
          route: 'refresh',
        },
      },
    ]);
  });

  describe('when the rotation is AWSCURRENT and AWSPENDING is still on another of its versions', () => {
    const LEFTOVER = { [DERIVED_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] };

    it('removes the label, so that the next rotation can start', async () => {
      labelled(LEFTOVER);

      expect(await fetched()).toEqual({ route: 'rotated' });
      expect(updates()).toEqual([
        { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: VERSION },
      ]);
    });

    it('succeeds when the removal is refused because the label is gone', async () => {
      labelled(LEFTOVER, { [DERIVED_VERSION]: ['AWSCURRENT'] });
      secretsMock.on(UpdateSecretVersionStageCommand).rejects(awsException(InvalidParameterException));

      expect(await fetched()).toEqual({ route: 'rotated' });
    });

    it('fails when the removal is refused and the label stays', async () => {
      labelled(LEFTOVER);
      const exception = awsException(InvalidParameterException);
      secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);

      const error = await rejection(fetched());

      expect(error).toBe(exception);
    });

    it('removes the label even if AWSCURRENT is not a credential, because nothing is refreshed', async () => {
      labelled(LEFTOVER);
      current('not JSON');

      expect(await fetched()).toEqual({ route: 'rotated' });
    });
  });

  describe('when neither AWSPENDING nor AWSCURRENT is on the rotation', () => {
    const ENDED: readonly (readonly [string, Stages])[] = [
      ['on no version', { [BASE_VERSION]: ['AWSCURRENT'] }],
      [
        'on the version of another rotation',
        { [BASE_VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] },
      ],
    ];

    it.each(ENDED)(
      'stands down when AWSPENDING stays %s for as long as a read may be stale',
      async (_where, stages) => {
        labelled(stages);
        current('not JSON: the value no longer matters');

        expect(await fetched()).toEqual({ route: 'standDown' });
        // Both reads are repeated, at the same time.
        expect(sum(sleeps)).toBe(2 * MAX_READ_LAG_MS);
        expect(secretsMock.commandCalls(DescribeSecretCommand)).toHaveLength(MAX_REREADS + 1);
      },
    );

    it.each(ENDED)('refreshes in a redrive when AWSPENDING is %s', async (_where, stages) => {
      labelled(stages);

      expect(await fetched({ redriveCount: 1 })).toEqual({ route: 'refresh' });
    });

    it('checks the configuration, because Secrets Manager has removed its copy', async () => {
      labelled({ [BASE_VERSION]: ['AWSCURRENT'] });

      expect(await fetched({ purpose: 'check-configuration', execution: `${EXECUTION}-check` })).toEqual({
        route: 'checkConfiguration',
      });
    });
  });

  describe('fails before anything is spent', () => {
    it.each<[string, Partial<FetchRequest>]>([
      ['named manually', { execution: `${EXECUTION_ARN_PREFIX}by-hand` }],
      ['of another version', { versionId: BASE_VERSION }],
      ['of the configuration test', { execution: `${EXECUTION}-check` }],
      ['of a rotation, for a configuration test', { purpose: 'check-configuration' }],
    ])('with InvalidRotationRequest when the execution is %s', async (_what, changes) => {
      const error = await rejection(fetched(changes));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('Nothing was spent');
    });

    it('with InvalidRotationRequest when the secret is named by anything but its full ARN', async () => {
      current(secretValue());
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_NAME })
        .resolves({ VersionId: BASE_VERSION, SecretString: secretValue() });

      const error = await rejection(fetched({ secretArn: SECRET_NAME }));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
    });

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
      current(value);

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
    });

    it('with InvalidSecret when AWSCURRENT must name its host but does not', async () => {
      current(secretValue({ region: undefined }));

      const error = await rejection(fetched({}, { hostRequired: true }));

      expect(error).toBeInstanceOf(InvalidSecret);
    });

    it('with InvalidSecret when AWSCURRENT is binary', async () => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: BASE_VERSION, SecretBinary: Buffer.from(secretValue()) });

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
    });

    /** A credential of this size in bytes, not counting its tokens. */
    function ofSize(bytes: number): string {
      const without = secretValue({
        accessToken: '',
        refreshToken: '',
        notes: '',
        expiresAt: '1970-01-01T00:00:00.000Z',
      });
      return secretValue({ notes: 'x'.repeat(bytes - without.length) });
    }

    it('with InvalidSecret when AWSCURRENT leaves too little room for tokens', async () => {
      current(ofSize(MAX_VALUE_BYTES - TOKEN_ROOM_BYTES + 1));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain(`${TOKEN_ROOM_BYTES - 1} bytes`);
      expect(error.message).toContain('Nothing was spent');
    });

    it('but not when AWSCURRENT leaves exactly enough room for tokens', async () => {
      current(ofSize(MAX_VALUE_BYTES - TOKEN_ROOM_BYTES));

      expect(await fetched()).toEqual({ route: 'refresh' });
    });

    it('with SecretNotFound when the secret does not exist, although the read also fails', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));
      secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(SecretNotFound);
    });

    it('with SecretNotFound when the secret is scheduled for deletion, although the read is refused', async () => {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ DeletedDate: new Date('2026-07-01T08:00:00Z') }));
      secretsMock.on(GetSecretValueCommand).rejects(awsException(InvalidRequestException));

      const error = await rejection(fetched());

      expect(error).toBeInstanceOf(SecretNotFound);
    });

    it.each(['AccessDeniedException', 'ThrottlingException', 'DecryptionFailure'])(
      'with %s when AWSCURRENT cannot be read',
      async name => {
        secretsMock
          .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
          .rejects(secretsManagerException(name));

        const error = await rejection(fetched());

        expect(error.name).toBe(name);
      },
    );
  });
});

describe('parseFetchRequest', () => {
  const EVENT = {
    input: {
      purpose: 'rotate',
      secretArn: SECRET_ARN,
      versionId: VERSION,
      sealedRotationToken: 'v1.a.b.c' as string | null,
    },
    execution: EXECUTION,
    redriveCount: 0,
    state: 'Fetch',
  };

  it.each(['v1.a.b.c', null])('reads the request of Fetch with the RotationToken %j', sealedRotationToken => {
    const event = { ...EVENT, input: { ...EVENT.input, sealedRotationToken } };

    expect(parseFetchRequest(event)).toEqual(FETCH);
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

  it.each(['input', 'execution', 'redriveCount', 'state'])('refuses a request without %s', async key => {
    const event = { ...EVENT, [key]: undefined };

    const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
