import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { recoveryWorld } from './recovery-world.ts';

/** A secret, and the OAuth client whose tokens it holds. */
type Subject = Pick<FirstCredential, 'secretArn' | 'clientId'>;

/** See {@link peopleWorld}. */
export type PeopleWorld = Awaited<ReturnType<typeof peopleWorld>>;

/** Whether AWSCURRENT works, and whether the secret can be rotated. */
export interface Health {
  /** The number of the login that AWSCURRENT's refresh token descends from, counted from 1; 0 for none of the client. */
  readonly login: number;
  readonly refreshTokenWorks: boolean;
  readonly accessTokenWorks: boolean;
  /** Whether AWSPENDING is on another version than AWSCURRENT, so that RotateSecret is refused. */
  readonly blocksRotation: boolean;
  /** Refresh tokens that Genesys Cloud exchanged. */
  readonly refreshes: number;
  /** Refresh tokens that Genesys Cloud refused. */
  readonly refusedRefreshes: number;
}

/** The health of a secret that lost nothing, without the number of refreshes. */
export const HEALTHY = {
  login: 1,
  refreshTokenWorks: true,
  accessTokenWorks: true,
  blocksRotation: false,
  refusedRefreshes: 0,
} as const satisfies Omit<Health, 'refreshes'>;

/**
 * A recovery world with actions of people on a secret. Genesys Cloud ends a login whose spent refresh token is
 * presented again, unless the options say otherwise: one refused refresh loses the credential.
 */
export async function peopleWorld(options: SandboxOptions = {}) {
  const world = await recoveryWorld({
    ...options,
    genesysCloud: { reuseRevokesLineage: true, ...options.genesysCloud },
  });
  const { sandbox, secrets } = world;

  async function versionWith(secretArn: string, label: string): Promise<string | undefined> {
    const { VersionIdsToStages = {} } = await secrets.send(
      new DescribeSecretCommand({ SecretId: secretArn }),
    );
    return Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
  }

  async function health({ secretArn, clientId }: Subject): Promise<Health> {
    await sandbox.advance(sandbox.secretsManager.behaviour.readLagMs);
    const { refreshToken, accessToken } = await world.currentValue(secretArn);
    const { refreshes, refusedRefreshes } = sandbox.genesysCloud.counts(clientId);
    const fingerprint = fingerprintOf(refreshToken);
    const logins = sandbox.genesysCloud.lineages(clientId);
    const pending = await versionWith(secretArn, 'AWSPENDING');
    return {
      login: 1 + logins.findIndex(({ tokens }) => tokens.some(token => token.fingerprint === fingerprint)),
      refreshTokenWorks: sandbox.genesysCloud.isLive(fingerprint),
      accessTokenWorks: (await world.statusOfCurrentUser(accessToken)) === 200,
      blocksRotation: pending !== undefined && pending !== (await versionWith(secretArn, 'AWSCURRENT')),
      refreshes,
      refusedRefreshes,
    };
  }

  return {
    ...world,
    versionWith,
    health,

    /** Rotates again, undisturbed, once the rotation function no longer polls a closed execution. */
    async nextRotation(subject: Subject): Promise<Health & { readonly outcome: string }> {
      await world.inTime(sandbox.secretsManager.rotationsIdle());
      const versionId = await world.rotateSecret(subject.secretArn);
      const outcome = await world.outcome(subject.secretArn, versionId);
      return { outcome: outcome.status, ...(await health(subject)) };
    },

    /** Runs a rotation that fails in a state, and that Secrets Manager may retry. */
    async failedIn(state: string, secretArn: string): Promise<void> {
      world.crashIn(state);
      await world.rotated(secretArn);
      world.clearFaults();
    },

    /** Moves AWSCURRENT to another version by its label, as a rollback does. */
    async moveCurrent(secretArn: string, versionId: string): Promise<void> {
      await secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretArn,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: await versionWith(secretArn, 'AWSCURRENT'),
        }),
      );
    },

    /** Moves AWSCURRENT back to AWSPREVIOUS. */
    async rollBack(secretArn: string): Promise<void> {
      await this.moveCurrent(secretArn, (await versionWith(secretArn, 'AWSPREVIOUS')) ?? '');
    },

    /** The whole value of AWSCURRENT, as an editor or Terraform would keep it. */
    async copyOfCurrent(secretArn: string): Promise<string> {
      const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      return SecretString;
    },

    /** Writes a text as a new version; AWSCURRENT moves to it unless labels are given. */
    async write(secretArn: string, text: string, labels?: readonly string[]): Promise<string> {
      const { VersionId = '' } = await secrets.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: text,
          ...(labels !== undefined && { VersionStages: [...labels] }),
        }),
      );
      return VersionId;
    },
  };
}

/** A way to continue a failed rotation. */
export interface Continuation {
  readonly secretsManager: NonNullable<SandboxOptions['secretsManager']>;
  readonly continueWith: (world: PeopleWorld, secretArn: string) => Promise<unknown>;
}

const RETRIES_MS = [60_000, 60_000, 60_000];
const ALL_RETRIES_MS = 600_000;

/** The ways to continue a failed rotation after people wrote AWSCURRENT. */
export const CONTINUATIONS: Readonly<Record<string, Continuation>> = {
  'a redrive': {
    secretsManager: { pendingAfterForeignWrite: 'removed' },
    continueWith: async (world, secretArn) => world.redriven(await world.lastClosed(secretArn)),
  },
  'a redrive while AWSPENDING is still there': {
    secretsManager: { pendingAfterForeignWrite: 'kept' },
    continueWith: async (world, secretArn) => world.redriven(await world.lastClosed(secretArn)),
  },
  'the next rotation': {
    secretsManager: { pendingAfterForeignWrite: 'removed' },
    continueWith: (world, secretArn) => world.rotated(secretArn),
  },
  'a retry under the same ClientRequestToken': {
    secretsManager: {
      pendingAfterForeignWrite: 'kept',
      retryToken: 'same',
      retryDelaysMs: RETRIES_MS,
    },
    continueWith: world => world.sandbox.advance(ALL_RETRIES_MS),
  },
  'a retry under another ClientRequestToken': {
    secretsManager: {
      pendingAfterForeignWrite: 'kept',
      retryToken: 'fresh',
      retryDelaysMs: RETRIES_MS,
    },
    continueWith: world => world.sandbox.advance(ALL_RETRIES_MS),
  },
};

/** Whether a refresh ends the access token in use: Genesys Cloud may do either. */
export const ACCESS_TOKENS_AFTER_REFRESH = [
  ['ends', true],
  ['does not end', false],
] as const;
