import { DecryptCommand, InvalidCiphertextException, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CurrentVersionMoved,
  InvalidRotationRequest,
  SecretNotFound,
} from '../../functions/shared/errors.ts';
import { newSeal, type SealContext } from '../../functions/shared/sealed-blob.ts';
import { type StorePendingResult, storePending } from '../../functions/store-pending/store-pending.ts';
import type { StorePendingRequest } from '../../functions/store-pending/store-pending-request.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { expectNoSecrets, rejection, watchedLog } from '../helpers/no-secrets.ts';
import { playKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';

const VALUE = `{"refreshToken":"${SENTINELS.newRefreshToken}"}`;
/** The version id for `VALUE` in the rotation of `VERSION`: half a hash of each. */
const VERSION_FOR_VALUE = 'db3855a227f2aa115bb78a8818d433bba58f4a23e5c2f01048a29cf5ea969d34';

describe('store-pending', () => {
  const logged = watchedLog();
  const secretsMock = mockAws(SecretsManagerClient);
  const kmsMock = mockAws(KMSClient);
  const kms = new KMSClient();
  let request: StorePendingRequest;

  beforeEach(async () => {
    secretsMock.reset();
    kmsMock.reset();
    playKms(kmsMock);
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(PutSecretValueCommand).resolves({});
    request = {
      secretArn: SECRET_ARN,
      versionId: VERSION,
      baseVersionId: BASE_VERSION,
      sealedValue: await sealed('secret-value', VALUE),
      sealedVersionId: VERSION,
      sealedRotationToken: await sealed('rotation-token', SENTINELS.rotationToken),
      execution: 'arn:execution',
      state: 'StorePending',
    };
  });

  async function sealed(
    holds: SealContext['holds'],
    text: string,
    versionId: string = VERSION,
  ): Promise<string> {
    const seal = await newSeal(kms, SEAL_KEY_ARN, { secretArn: SECRET_ARN, versionId, holds });
    return seal.seal(text);
  }

  async function store(changes: Partial<StorePendingRequest> = {}): Promise<StorePendingResult> {
    const result = await storePending(
      { ...request, ...changes },
      { secrets: new SecretsManagerClient(), kms, sealKeyArn: SEAL_KEY_ARN },
    );
    expectNoSecrets(result);
    return result;
  }

  /** The writes, as version id and RotationToken. */
  function puts(): unknown[] {
    return secretsMock
      .commandCalls(PutSecretValueCommand)
      .map(({ args: [{ input }] }) => [input.ClientRequestToken, input.RotationToken]);
  }

  it('stores the value as the pending version, in the name of the rotation function', async () => {
    const result = await store();

    expect(result).toEqual({ pendingVersionId: VERSION, baseVersionId: BASE_VERSION });
    expect(secretsMock.commandCalls(PutSecretValueCommand).map(call => call.args[0].input)).toEqual([
      {
        SecretId: SECRET_ARN,
        ClientRequestToken: VERSION,
        SecretString: VALUE,
        VersionStages: ['AWSPENDING'],
        RotationToken: 'sentinel-rotation-token',
      },
    ]);
  });

  it('sends no RotationToken when Secrets Manager gave none', async () => {
    await store({ sealedRotationToken: null });

    expect(secretsMock.commandCalls(PutSecretValueCommand).map(call => call.args[0].input)).toEqual([
      {
        SecretId: SECRET_ARN,
        ClientRequestToken: VERSION,
        SecretString: VALUE,
        VersionStages: ['AWSPENDING'],
      },
    ]);
  });

  it('opens each seal for its own content', async () => {
    await store();

    const contexts = kmsMock.commandCalls(DecryptCommand).map(call => call.args[0].input.EncryptionContext);
    expect(contexts).toEqual([
      { secretArn: SECRET_ARN, versionId: VERSION, holds: 'secret-value' },
      { secretArn: SECRET_ARN, versionId: VERSION, holds: 'rotation-token' },
    ]);
  });

  it('stores a value that was recovered from another rotation as the pending version of this one', async () => {
    const recovered = await sealed('secret-value', VALUE, FOREIGN_VERSION);

    const result = await store({ sealedValue: recovered, sealedVersionId: FOREIGN_VERSION });

    expect(result).toEqual({ pendingVersionId: VERSION, baseVersionId: BASE_VERSION });
    expect(secretsMock.commandCalls(PutSecretValueCommand)[0]?.args[0].input).toMatchObject({
      ClientRequestToken: VERSION,
      SecretString: VALUE,
      RotationToken: 'sentinel-rotation-token',
    });
  });

  it('logs where the value went, and nothing of it', async () => {
    await store();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'stored pending',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: 'arn:execution',
          state: 'StorePending',
          pendingVersionId: VERSION,
          baseVersionId: BASE_VERSION,
        },
      },
    ]);
  });

  describe('when the RotationToken is refused, as after a late redrive', () => {
    it.each([
      awsException(InvalidRequestException),
      awsException(InvalidParameterException),
      secretsManagerException('AccessDeniedException'),
      secretsManagerException('ValidationException'),
    ])('stores the value without it: %s', async exception => {
      secretsMock.on(PutSecretValueCommand).rejectsOnce(exception).resolves({});

      const result = await store();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(puts()).toEqual([
        [VERSION, 'sentinel-rotation-token'],
        [VERSION, undefined],
      ]);
    });

    it('warns that Secrets Manager may count the rotation as failed', async () => {
      secretsMock.on(PutSecretValueCommand).rejectsOnce(awsException(InvalidRequestException)).resolves({});

      await store();

      expect(logged()[0]).toMatchObject({
        level: 'warn',
        line: { message: 'rotation token refused', error: 'InvalidRequestException', versionId: VERSION },
      });
    });

    it('fails with what is refused without it, too', async () => {
      const second = secretsManagerException('AccessDeniedException');
      secretsMock
        .on(PutSecretValueCommand)
        .rejectsOnce(awsException(InvalidRequestException))
        .rejects(second);

      const error = await rejection(store());

      expect(error).toBe(second);
      expect(puts()).toHaveLength(2);
    });

    it('stores in a derived version when its own turns out to hold another value', async () => {
      secretsMock
        .on(PutSecretValueCommand)
        .rejectsOnce(awsException(InvalidRequestException))
        .rejectsOnce(awsException(ResourceExistsException))
        .resolves({});

      const result = await store();

      expect(result.pendingVersionId).toBe(VERSION_FOR_VALUE);
      expect(puts()).toEqual([
        [VERSION, 'sentinel-rotation-token'],
        [VERSION, undefined],
        [VERSION_FOR_VALUE, 'sentinel-rotation-token'],
      ]);
    });
  });

  it('does not take a refusal for that of the token when there was no token', async () => {
    const exception = awsException(InvalidRequestException);
    secretsMock.on(PutSecretValueCommand).rejects(exception);

    const error = await rejection(store({ sealedRotationToken: null }));

    expect(error).toBe(exception);
    expect(puts()).toEqual([[VERSION, undefined]]);
  });

  it.each(['ThrottlingException', 'InternalServiceError', 'LimitExceededException'])(
    'passes %s on under its own name, without a second write',
    async name => {
      secretsMock.on(PutSecretValueCommand).rejects(secretsManagerException(name));

      const error = await rejection(store());

      expect(error.name).toBe(name);
      expect(puts()).toHaveLength(1);
    },
  );

  describe('when the own version already holds another value', () => {
    beforeEach(() => {
      secretsMock
        .on(PutSecretValueCommand, { ClientRequestToken: VERSION })
        .rejects(awsException(ResourceExistsException));
    });

    it('stores in the version that follows from rotation and value', async () => {
      const result = await store();

      expect(result).toEqual({ pendingVersionId: VERSION_FOR_VALUE, baseVersionId: BASE_VERSION });
      expect(secretsMock.commandCalls(PutSecretValueCommand)[1]?.args[0].input).toMatchObject({
        SecretId: SECRET_ARN,
        ClientRequestToken: VERSION_FOR_VALUE,
        SecretString: VALUE,
        VersionStages: ['AWSPENDING'],
      });
    });

    it('finds the same version when it is repeated', async () => {
      const first = await store();
      const second = await store();

      expect(second).toEqual(first);
    });
  });

  describe('when AWSCURRENT is not where the refresh found it', () => {
    function current(version: string): void {
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ VersionIdsToStages: { [version]: ['AWSCURRENT'] } }));
    }

    it('throws CurrentVersionMoved and writes nothing: the newer credential stays', async () => {
      current(FOREIGN_VERSION);

      const error = await rejection(store());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(error.message).toContain(FOREIGN_VERSION);
      expect(puts()).toEqual([]);
    });

    it('throws CurrentVersionMoved when no version is AWSCURRENT', async () => {
      secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ VersionIdsToStages: {} }));

      const error = await rejection(store());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(puts()).toEqual([]);
    });

    it.each([
      ['its own version', VERSION],
      ['a version derived from it', DERIVED_VERSION],
    ])('succeeds again when this rotation already promoted %s', async (_what, version) => {
      current(version);

      const result = await store();

      expect(result).toEqual({ pendingVersionId: VERSION, baseVersionId: BASE_VERSION });
    });

    it('refuses a version that was derived in another rotation', async () => {
      current(`${'0'.repeat(32)}${DERIVED_VERSION.slice(32)}`);

      const error = await rejection(store());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
    });
  });

  describe('writes nothing', () => {
    it('when the sealed value was altered', async () => {
      const altered = request.sealedValue.slice(0, -4);

      const error = await rejection(store({ sealedValue: altered }));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(puts()).toEqual([]);
    });

    it('when the seal of the value holds the RotationToken', async () => {
      const error = await rejection(store({ sealedValue: request.sealedRotationToken ?? '' }));

      expect(error).toBeInstanceOf(InvalidCiphertextException);
      expect(puts()).toEqual([]);
    });

    it('when the value was sealed for another version than is said', async () => {
      const error = await rejection(store({ sealedVersionId: FOREIGN_VERSION }));

      expect(error).toBeInstanceOf(InvalidCiphertextException);
      expect(puts()).toEqual([]);
    });

    it('when the RotationToken was sealed for another rotation', async () => {
      const error = await rejection(store({ versionId: FOREIGN_VERSION }));

      expect(error).toBeInstanceOf(InvalidCiphertextException);
      expect(puts()).toEqual([]);
    });

    it('when KMS refuses', async () => {
      kmsMock.on(DecryptCommand).rejects(new Error('The key is disabled.'));

      const error = await rejection(store());

      expect(error.message).toBe('The key is disabled.');
      expect(puts()).toEqual([]);
    });

    it('when the secret is gone', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(store());

      expect(error).toBeInstanceOf(SecretNotFound);
      expect(puts()).toEqual([]);
    });
  });
});
