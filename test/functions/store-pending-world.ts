import { KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach } from 'vitest';
import type { ExchangedPair } from '../../functions/shared/journal/journal.ts';
import { newSeal } from '../../functions/shared/journal/sealed-blob.ts';
import { pairSeal } from '../../functions/shared/journal/sealed-pair.ts';
import type { TokenPair } from '../../functions/shared/secrets/secret-value.ts';
import {
  type StorePendingDependencies,
  type StorePendingRequest,
  type StorePendingResult,
  storePending,
} from '../../functions/store-pending/store-pending.ts';
import { awsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from '../helpers/journal-items.ts';
import { mockJournal } from '../helpers/mock-journal.ts';
import { captureLog, expectNoSecrets } from '../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import { BASE_VERSION, SECRET_ARN, secretDescription, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

export const NOW = new Date('2026-07-01T08:00:00Z');

/** The tokens that Refresh got for AWSCURRENT's token two seconds ago. */
const TOKENS: TokenPair = {
  accessToken: SENTINELS.newAccessToken,
  refreshToken: SENTINELS.newRefreshToken,
  expiresAt: new Date('2026-07-02T07:59:58Z'),
};
const RESULT = {
  fingerprint: NEW_FINGERPRINT,
  issuedAt: new Date('2026-07-01T07:59:58Z'),
  exchangedFingerprint: CURRENT_FINGERPRINT,
  exchangeId: 'exchange-1',
};

/** `secretValue()` with these tokens. */
export const NEW_VALUE =
  '{"clientId":"client-id","clientSecret":"sentinel-client-secret","accessToken":"sentinel-new-access-token","refreshToken":"sentinel-new-refresh-token","expiresAt":"2026-07-02T07:59:58.000Z"}';

/** The version id for `NEW_VALUE` in the rotation of `VERSION`: half a hash of each. */
export const VERSION_FOR_VALUE = 'db3855a227f2aa115bb78a8818d433bb4cec926aa0a9b6bccad5ea2451a5d56b';

/**
 * The environment of StorePending: AWSCURRENT holds `secretValue()` on `BASE_VERSION`, the journal is empty,
 * and Secrets Manager accepts every write.
 */
export function storePendingWorld() {
  const logged = captureLog();
  const secretsMock = mockAws(SecretsManagerClient);
  const kmsMock = mockAws(KMSClient);
  const key = { kms: new KMSClient(), sealKeyArn: SEAL_KEY_ARN };
  const table = mockJournal();
  let request: StorePendingRequest;

  beforeEach(async () => {
    secretsMock.reset();
    kmsMock.reset();
    mockKms(kmsMock);
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: ['AWSPENDING'] });
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    current(secretValue());
    request = {
      secretArn: SECRET_ARN,
      versionId: VERSION,
      pair: await sealedPair(),
      current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
      sealedRotationToken: await sealedRotationToken(),
      execution: EXECUTION,
      state: 'StorePending',
    };
    kmsMock.resetHistory();
  });

  /** The value of AWSCURRENT. */
  function current(SecretString: string, VersionId = BASE_VERSION): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
      .resolves({ VersionId, SecretString });
  }

  /** A sealed pair; by default of the first successor of AWSCURRENT's token. */
  async function sealedPair(
    result: Partial<typeof RESULT> = {},
    tokens: Partial<TokenPair> = {},
    generation = 1,
  ): Promise<ExchangedPair> {
    const seal = await pairSeal(key, SECRET_ARN, CURRENT_FINGERPRINT, generation);
    return seal({ ...TOKENS, ...tokens }, { ...RESULT, ...result });
  }

  /** The sealed RotationToken of a rotation. */
  async function sealedRotationToken(versionId = VERSION): Promise<string> {
    const seal = await newSeal(key, { secretArn: SECRET_ARN, versionId, holds: 'rotation-token' });
    return seal.seal(SENTINELS.rotationToken);
  }

  return {
    logged,
    secretsMock,
    kmsMock,
    table,
    current,
    sealedPair,
    sealedRotationToken,

    async stored(
      changes: Partial<StorePendingRequest> = {},
      dependencies: Partial<StorePendingDependencies> = {},
    ): Promise<StorePendingResult> {
      const result = await storePending(
        { ...request, ...changes },
        {
          ...key,
          secrets: new SecretsManagerClient(),
          journal: table.journal(),
          now: () => NOW,
          sleep: async () => {},
          longestGapMs: 9 * 3_600_000,
          ...dependencies,
        },
      );
      expectNoSecrets(result);
      return result;
    },

    /** The writes, as version id and RotationToken. */
    puts(): unknown[] {
      return secretsMock
        .commandCalls(PutSecretValueCommand)
        .map(({ args: [{ input }] }) => [input.ClientRequestToken, input.RotationToken]);
    },

    /** The moves of AWSPENDING. */
    moves(): object[] {
      return secretsMock.commandCalls(UpdateSecretVersionStageCommand).map(call => call.args[0].input);
    },

    /** The commands that write, in order. */
    writes(): string[] {
      return [...secretsMock.calls(), ...table.mock.calls()]
        .sort((one, other) => (one.calledBefore(other) ? -1 : 1))
        .map(({ args: [command] }) => command.constructor.name)
        .filter(name => !/^(?:Get|Describe)/.test(name));
    },
  };
}
