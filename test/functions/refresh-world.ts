import { KMSClient } from '@aws-sdk/client-kms';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach } from 'vitest';
import type { ExecutionState } from '../../functions/refresh/execution-state.ts';
import {
  type RefreshDependencies,
  type RefreshRequest,
  type RefreshResult,
  refresh,
} from '../../functions/refresh/refresh.ts';
import type { SealedPair } from '../../functions/shared/journal/journal.ts';
import { type OpenedPair, openPair, pairSeal } from '../../functions/shared/journal/sealed-pair.ts';
import { awsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureMetrics } from '../helpers/capture-metrics.ts';
import { genesysServer } from '../helpers/genesys-server.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from '../helpers/journal-items.ts';
import { mockJournal } from '../helpers/mock-journal.ts';
import { captureLog, expectNoSecrets } from '../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import { BASE_VERSION, SECRET_ARN } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { REFRESH } from '../helpers/task-requests.ts';

export const NOW = new Date('2026-07-01T08:00:00Z');

/** The token endpoint's response to an exchange. */
export const TOKENS = {
  access_token: SENTINELS.newAccessToken,
  refresh_token: SENTINELS.newRefreshToken,
  token_type: 'bearer',
  expires_in: 86_400,
};

/**
 * The environment of a refresh: AWSCURRENT holds `secretValue()`, the journal is empty, the function has 30 s left, and
 * its clock advances only while it sleeps.
 */
export function refreshWorld() {
  const logged = captureLog();
  const metrics = captureMetrics();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);
  const kmsMock = mockAws(KMSClient);
  const key = { kms: new KMSClient(), sealKeyArn: SEAL_KEY_ARN };
  const table = mockJournal();
  const time = { remainingMs: 0, sleeps: [] as number[] };
  const states = new Map<string, ExecutionState>();

  beforeEach(() => {
    secretsMock.reset();
    kmsMock.reset();
    mockKms(kmsMock);
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored(secretValue());
    time.remainingMs = 30_000;
    time.sleeps = [];
    states.clear();
  });

  /** The value of AWSCURRENT. */
  function stored(SecretString: string): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
      .resolves({ VersionId: BASE_VERSION, SecretString });
  }

  return {
    logged,
    metrics,
    genesys,
    secretsMock,
    kmsMock,
    table,
    time,
    /** The states of executions, by ARN. */
    states,
    stored,

    async refreshed(
      request: Partial<RefreshRequest> = {},
      changes: Partial<RefreshDependencies> = {},
    ): Promise<RefreshResult> {
      const result = await refresh(
        { ...REFRESH, ...request },
        {
          ...key,
          secrets: new SecretsManagerClient(),
          journal: table.journal(),
          stateOf: async executionArn => {
            const state = states.get(executionArn);
            if (state === undefined) throw new Error(`Unexpected read of the state of ${executionArn}.`);
            return state;
          },
          genesysUrlsOf: () => ({ loginUrl: genesys.url, apiUrl: 'http://127.0.0.1:1' }),
          remainingMs: () => time.remainingMs,
          now: () => NOW,
          sleep: async ms => {
            time.sleeps.push(ms);
            time.remainingMs -= ms;
          },
          longestGapMs: 9 * 3_600_000,
          ...changes,
        },
      );
      expectNoSecrets(result);
      return result;
    },

    /** The commands sent to AWS so far, in order. */
    sentCommands(): string[] {
      return [...secretsMock.calls(), ...kmsMock.calls(), ...table.mock.calls()]
        .sort((one, other) => (one.calledBefore(other) ? -1 : 1))
        .map(({ args: [command] }) => command.constructor.name);
    },

    /** The opened pair of a result. */
    opened(result: Pick<SealedPair, 'lineage' | 'generation' | 'sealedPair'>): Promise<OpenedPair> {
      return openPair(key, SECRET_ARN, result);
    },

    /** A sealed pair of the new tokens: by default the first successor of AWSCURRENT's token, valid for a day. */
    async newPair(changes: Partial<SealedPair> = {}): Promise<SealedPair> {
      const { lineage = CURRENT_FINGERPRINT, generation = 1, issuedAt = NOW } = changes;
      const seal = await pairSeal(key, SECRET_ARN, lineage, generation);
      const tokens = { accessToken: SENTINELS.newAccessToken, refreshToken: SENTINELS.newRefreshToken };
      const { sealedPair } = seal(tokens, {
        fingerprint: NEW_FINGERPRINT,
        issuedAt,
        exchangedFingerprint: CURRENT_FINGERPRINT,
        exchangeId: 'exchange-1',
      });
      return {
        lineage,
        generation,
        fingerprint: NEW_FINGERPRINT,
        issuedAt,
        expiresAt: new Date('2026-07-02T08:00:00Z'),
        sealedPair,
        ...changes,
      };
    },
  };
}
