import { DecryptCommand, KMSInvalidStateException } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  LimitExceededException,
  PutSecretValueCommand,
  ResourceExistsException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidRotationRequest, InvalidSecret } from '../../functions/shared/errors.ts';
import { parseStorePendingRequest } from '../../functions/store-pending/store-pending.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from '../helpers/journal-items.ts';
import { rejection } from '../helpers/no-secrets.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { secretValue } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';
import { NEW_VALUE, storePendingWorld, VERSION_FOR_VALUE } from './store-pending-world.ts';

describe('store-pending', () => {
  const world = storePendingWorld();
  const { logged, secretsMock, kmsMock, current, stored, puts, moves } = world;

  it('stores the value of AWSCURRENT with the new tokens as the pending version', async () => {
    const result = await stored();

    expect(result).toEqual({
      pendingVersionId: VERSION,
      baseVersionId: BASE_VERSION,
      lostAlternate: false,
    });
    expect(secretsMock.commandCalls(PutSecretValueCommand).map(call => call.args[0].input)).toEqual([
      {
        SecretId: SECRET_ARN,
        ClientRequestToken: VERSION,
        SecretString: NEW_VALUE,
        VersionStages: ['AWSPENDING'],
        RotationToken: 'sentinel-rotation-token',
      },
    ]);
  });

  it('keeps changes to other keys of AWSCURRENT, and names the version that it read', async () => {
    current(
      '{"team":{"name":"voice"},"clientId":"client-id","clientSecret":"sentinel-client-secret","refreshToken":"sentinel-current-refresh-token","region":"eu-central-1","expiresAt":"yesterday","orgNumber":12345678901234567890}',
      FOREIGN_VERSION,
    );

    const result = await stored();

    expect(result.baseVersionId).toBe(FOREIGN_VERSION);
    expect(secretsMock.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretString).toBe(
      '{"team":{"name":"voice"},"clientId":"client-id","clientSecret":"sentinel-client-secret","refreshToken":"sentinel-new-refresh-token","region":"eu-central-1","orgNumber":12345678901234567890,"accessToken":"sentinel-new-access-token","expiresAt":"2026-07-02T07:59:58.000Z"}',
    );
  });

  it('opens each seal for its own content', async () => {
    await stored();

    const contexts = kmsMock.commandCalls(DecryptCommand).map(call => call.args[0].input.EncryptionContext);
    expect(contexts).toEqual([
      { secretArn: SECRET_ARN, holds: 'token-pair', lineage: CURRENT_FINGERPRINT, generation: '1' },
      { secretArn: SECRET_ARN, holds: 'rotation-token', versionId: VERSION },
    ]);
  });

  it('logs the version of the value, but not the value', async () => {
    await stored();

    expect(logged().at(-1)).toEqual({
      level: 'info',
      line: {
        message: 'stored pending',
        secretName: 'genesys/voicemail',
        secretArn: SECRET_ARN,
        versionId: VERSION,
        execution: EXECUTION,
        state: 'StorePending',
        pendingVersionId: VERSION,
        baseVersionId: BASE_VERSION,
        lostAlternate: false,
      },
    });
  });

  describe('the RotationToken', () => {
    it('is not sent when Secrets Manager provided none', async () => {
      await stored({ sealedRotationToken: null });

      expect(secretsMock.commandCalls(PutSecretValueCommand).map(call => call.args[0].input)).toEqual([
        {
          SecretId: SECRET_ARN,
          ClientRequestToken: VERSION,
          SecretString: NEW_VALUE,
          VersionStages: ['AWSPENDING'],
        },
      ]);
    });

    it.each([
      [
        'was sealed for another rotation',
        () => world.sealedRotationToken(FOREIGN_VERSION),
        'InvalidCiphertextException',
      ],
      ['is not a sealed blob', async () => 'v1.a.b.c', 'InvalidRotationRequest'],
      ['was altered', async () => (await world.sealedRotationToken()).slice(0, -4), 'InvalidRotationRequest'],
    ])('is omitted, and the value is stored, when its seal %s', async (_what, sealed, errorName) => {
      const result = await stored({ sealedRotationToken: await sealed() });

      expect(result.pendingVersionId).toBe(VERSION);
      expect(puts()).toEqual([[VERSION, undefined]]);
      expect(logged()).toContainEqual({
        level: 'warn',
        line: expect.objectContaining({
          message: 'rotation token not opened',
          secretArn: SECRET_ARN,
          error: errorName,
        }),
      });
    });

    it('is omitted when KMS refuses to open it', async () => {
      kmsMock
        .on(DecryptCommand, {
          EncryptionContext: { secretArn: SECRET_ARN, versionId: VERSION, holds: 'rotation-token' },
        })
        .rejects(awsException(KMSInvalidStateException));

      await stored();

      expect(puts()).toEqual([[VERSION, undefined]]);
    });

    it.each([
      awsException(InvalidRequestException),
      awsException(InvalidParameterException),
      awsException(LimitExceededException),
      secretsManagerException('AccessDeniedException'),
      secretsManagerException('ValidationException'),
      secretsManagerException('UnknownException'),
    ])('is omitted from a second write when Secrets Manager refuses it: %s', async exception => {
      secretsMock
        .on(PutSecretValueCommand)
        .rejectsOnce(exception)
        .resolves({ VersionStages: ['AWSPENDING'] });

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(puts()).toEqual([
        [VERSION, 'sentinel-rotation-token'],
        [VERSION, undefined],
      ]);
      expect(logged()).toContainEqual({
        level: 'warn',
        line: expect.objectContaining({ message: 'rotation token refused', error: exception.name }),
      });
    });

    it('is not blamed when the write without it is also refused: that second error is thrown', async () => {
      const second = secretsManagerException('AccessDeniedException');
      secretsMock
        .on(PutSecretValueCommand)
        .rejectsOnce(awsException(InvalidRequestException))
        .rejects(second);

      const error = await rejection(stored());

      expect(error).toBe(second);
      expect(puts()).toHaveLength(2);
    });

    it('is not dropped from a refused write if there was none: the write is not repeated', async () => {
      const exception = awsException(InvalidRequestException);
      secretsMock.on(PutSecretValueCommand).rejects(exception);

      const error = await rejection(stored({ sealedRotationToken: null }));

      expect(error).toBe(exception);
      expect(puts()).toEqual([[VERSION, undefined]]);
    });

    it.each([
      secretsManagerException('ThrottlingException'),
      Object.assign(new Error('no response'), { name: 'TimeoutError' }),
    ])('is not the cause of %s, so there is no second write', async exception => {
      secretsMock.on(PutSecretValueCommand).rejects(exception);

      const error = await rejection(stored());

      expect(error).toBe(exception);
      expect(puts()).toHaveLength(1);
    });
  });

  describe('when the version of the rotation holds another value', () => {
    beforeEach(() => {
      secretsMock
        .on(PutSecretValueCommand, { ClientRequestToken: VERSION })
        .rejects(awsException(ResourceExistsException));
    });

    it('stores in the version that is derived from rotation and value', async () => {
      const result = await stored();

      expect(result).toEqual({
        pendingVersionId: VERSION_FOR_VALUE,
        baseVersionId: BASE_VERSION,
        lostAlternate: false,
      });
      expect(secretsMock.commandCalls(PutSecretValueCommand)[1]?.args[0].input).toEqual({
        SecretId: SECRET_ARN,
        ClientRequestToken: VERSION_FOR_VALUE,
        SecretString: NEW_VALUE,
        VersionStages: ['AWSPENDING'],
        RotationToken: 'sentinel-rotation-token',
      });
    });

    it('stores in the same version when it is repeated', async () => {
      const first = await stored();
      const second = await stored();

      expect(second).toEqual(first);
    });

    it('detects it without the RotationToken when the token is refused first', async () => {
      secretsMock
        .on(PutSecretValueCommand, { ClientRequestToken: VERSION })
        .rejectsOnce(awsException(InvalidRequestException))
        .rejects(awsException(ResourceExistsException));

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION_FOR_VALUE);
      expect(puts()).toEqual([
        [VERSION, 'sentinel-rotation-token'],
        [VERSION, undefined],
        [VERSION_FOR_VALUE, 'sentinel-rotation-token'],
      ]);
    });

    it('fails when the derived version also holds another value', async () => {
      secretsMock.on(PutSecretValueCommand).rejects(awsException(ResourceExistsException));

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(ResourceExistsException);
      expect(puts()).toHaveLength(2);
    });
  });

  describe('when a repeated write leaves AWSPENDING where it was', () => {
    /** The labels: AWSCURRENT on the base version, AWSPENDING on this one, if any. */
    function pendingOn(version: string | undefined): void {
      const VersionIdsToStages = {
        [BASE_VERSION]: ['AWSCURRENT'],
        ...(version !== undefined && { [version]: ['AWSPENDING'] }),
      };
      secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ VersionIdsToStages }));
    }

    it.each([
      ['the version of another rotation', FOREIGN_VERSION],
      ['another version of this rotation', DERIVED_VERSION],
    ])('moves the label from %s', async (_what, holder) => {
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: [] });
      pendingOn(holder);

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(moves()).toEqual([
        {
          SecretId: SECRET_ARN,
          VersionStage: 'AWSPENDING',
          MoveToVersionId: VERSION,
          RemoveFromVersionId: holder,
        },
      ]);
    });

    it('puts the label on its version when it is on none', async () => {
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: [] });
      pendingOn(undefined);

      await stored();

      expect(moves()).toEqual([
        { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', MoveToVersionId: VERSION },
      ]);
    });

    it('moves the label to the derived version when the value is there', async () => {
      secretsMock
        .on(PutSecretValueCommand, { ClientRequestToken: VERSION })
        .rejects(awsException(ResourceExistsException))
        .on(PutSecretValueCommand, { ClientRequestToken: VERSION_FOR_VALUE })
        .resolves({ VersionStages: ['AWSPREVIOUS'] });
      pendingOn(VERSION);

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION_FOR_VALUE);
      expect(moves()).toEqual([
        {
          SecretId: SECRET_ARN,
          VersionStage: 'AWSPENDING',
          MoveToVersionId: VERSION_FOR_VALUE,
          RemoveFromVersionId: VERSION,
        },
      ]);
    });

    it.each([[['AWSPENDING']], [['AWSCURRENT']], [['AWSCURRENT', 'AWSPENDING']]])(
      'reads no labels when the version has %j',
      async VersionStages => {
        secretsMock.on(PutSecretValueCommand).resolves({ VersionStages });

        await stored();

        expect(secretsMock.commandCalls(DescribeSecretCommand)).toEqual([]);
        expect(moves()).toEqual([]);
      },
    );

    it('moves nothing when the response has no labels and AWSPENDING is on the version', async () => {
      secretsMock.on(PutSecretValueCommand).resolves({});
      pendingOn(VERSION);

      await stored();

      expect(moves()).toEqual([]);
    });

    it('succeeds when the move is refused because a call with a lost response has already moved the label', async () => {
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: [] });
      pendingOn(FOREIGN_VERSION);
      secretsMock.on(UpdateSecretVersionStageCommand).callsFake(() => {
        pendingOn(VERSION);
        throw awsException(InvalidParameterException);
      });

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(moves()).toHaveLength(1);
    });

    it('fails when the move is refused and the label stays elsewhere', async () => {
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: [] });
      pendingOn(FOREIGN_VERSION);
      const exception = awsException(InvalidParameterException);
      secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);

      const error = await rejection(stored());

      expect(error).toBe(exception);
      expect(moves()).toHaveLength(1);
    });
  });

  describe('the size of the value', () => {
    /** AWSCURRENT is so large that the new value has this many bytes. */
    function newValueOf(bytes: number): void {
      const notes = 'é'.repeat((bytes - NEW_VALUE.length - ',"notes":""'.length) / 2);
      current(secretValue({ notes }));
    }

    it('may be 65,536 bytes', async () => {
      newValueOf(65_536);

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
    });

    it('must not be larger: throws InvalidSecret before the write', async () => {
      newValueOf(65_538);

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain('65536 bytes');
      expect(puts()).toEqual([]);
    });
  });

  describe('writes nothing', () => {
    it('when the sealed pair was altered', async () => {
      const pair = await world.sealedPair();

      const error = await rejection(stored({ pair: { ...pair, sealedPair: pair.sealedPair.slice(0, -4) } }));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(world.writes()).toEqual([]);
    });

    it.each([
      ['lineage', { lineage: NEW_FINGERPRINT }],
      ['generation', { generation: 2 }],
    ])('when the pair was sealed for another %s', async (_what, change) => {
      const error = await rejection(stored({ pair: { ...(await world.sealedPair()), ...change } }));

      expect(error.name).toBe('InvalidCiphertextException');
      expect(world.writes()).toEqual([]);
    });

    it('when the sealed pair is the RotationToken', async () => {
      const pair = { ...(await world.sealedPair()), sealedPair: await world.sealedRotationToken() };

      const error = await rejection(stored({ pair }));

      expect(error.name).toBe('InvalidCiphertextException');
      expect(world.writes()).toEqual([]);
    });

    it('when the fingerprint does not match the sealed pair', async () => {
      const pair = { ...(await world.sealedPair()), fingerprint: CURRENT_FINGERPRINT };

      const error = await rejection(stored({ pair }));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('fingerprint');
      expect(world.writes()).toEqual([]);
    });

    it('when KMS refuses to open the pair', async () => {
      kmsMock.on(DecryptCommand).rejects(new Error('The key is disabled.'));

      const error = await rejection(stored());

      expect(error.message).toBe('The key is disabled.');
      expect(world.writes()).toEqual([]);
    });
  });
});

describe('parseStorePendingRequest', () => {
  const PAIR = {
    lineage: CURRENT_FINGERPRINT,
    generation: 1,
    fingerprint: NEW_FINGERPRINT,
    sealedPair: 'v1.a.b.c',
  };
  const CURRENT = { lineage: CURRENT_FINGERPRINT, generation: 0 };
  const EVENT = {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    pair: { ...PAIR, current: CURRENT, issuedAt: '2026-07-01T07:59:58.000Z', expiresAt: null },
    sealedRotationToken: 'v1.d.e.f' as string | null,
    execution: EXECUTION,
    state: 'StorePending',
  };

  it.each(['v1.d.e.f', null])(
    'reads the request of StorePending with the RotationToken %j',
    sealedRotationToken => {
      expect(parseStorePendingRequest({ ...EVENT, sealedRotationToken })).toEqual({
        secretArn: SECRET_ARN,
        versionId: VERSION,
        pair: PAIR,
        current: CURRENT,
        sealedRotationToken,
        execution: EXECUTION,
        state: 'StorePending',
      });
    },
  );

  it.each([
    ['secretArn', { secretArn: undefined }],
    ['versionId', { versionId: '' }],
    ['pair', { pair: undefined }],
    ['pair', { pair: 'v1.a.b.c' }],
    ['lineage', { pair: { ...EVENT.pair, lineage: undefined } }],
    ['generation', { pair: { ...EVENT.pair, generation: 0.5 } }],
    ['fingerprint', { pair: { ...EVENT.pair, fingerprint: '' } }],
    ['sealedPair', { pair: { ...EVENT.pair, sealedPair: null } }],
    ['current', { pair: { ...EVENT.pair, current: undefined } }],
    ['sealedRotationToken', { sealedRotationToken: undefined }],
    ['execution', { execution: undefined }],
    ['state', { state: undefined }],
  ])('refuses a request without a valid %s: %j', async (key, change) => {
    const event = { ...EVENT, ...change };

    const error = await rejection(Promise.resolve().then(() => parseStorePendingRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
