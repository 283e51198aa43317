import { expect } from 'vitest';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { RecoveryWorld } from './recovery-world.ts';

/** The expected result of a recovery. */
interface Expected {
  /** Refresh tokens that Genesys Cloud has exchanged. */
  readonly refreshes: number;
  /** Which login of the client AWSCURRENT descends from, counted from 1. Default: 1. */
  readonly login?: number;
  /** Refresh tokens that Genesys Cloud has refused. Default: 0. */
  readonly refusedRefreshes?: number;
  /** Other keys of AWSCURRENT. */
  readonly keys?: Readonly<Record<string, unknown>>;
}

/** The strictest and the most lenient behaviour of Genesys Cloud after a mistake. */
export const GENESYS_VARIANTS = [
  [
    'a reused refresh token ends the login, and a refresh ends earlier access tokens',
    { reuseRevokesLineage: true, refreshRevokesAccessTokens: true },
  ],
  [
    'neither a reused refresh token nor a refresh ends other tokens',
    { reuseRevokesLineage: false, refreshRevokesAccessTokens: false },
  ],
] as const;

/**
 * Asserts that no token was lost: AWSCURRENT holds the live tokens of the right login, Genesys Cloud received no
 * unnecessary refresh, and the next undisturbed rotation succeeds.
 */
export async function expectSaved(
  world: RecoveryWorld,
  { secretArn, clientId }: Pick<FirstCredential, 'secretArn' | 'clientId'>,
  { refreshes, login = 1, refusedRefreshes = 0, keys = {} }: Expected,
): Promise<void> {
  // The rotation function may still be polling an execution that has closed.
  await world.inTime(world.sandbox.secretsManager.rotationsIdle());
  const saved = { login, refreshToken: 'live', accessToken: 200, refusedRefreshes };
  expect(await found()).toEqual({ ...saved, refreshes });
  expect(await world.currentValue(secretArn)).toMatchObject(keys);

  const { outcome } = await world.rotated(secretArn);

  expect(outcome).toEqual({ status: 'succeeded' });
  expect(await found()).toEqual({ ...saved, refreshes: refreshes + 1 });
  expect(await world.currentValue(secretArn)).toMatchObject(keys);
  expect(await pendingElsewhere(world, secretArn)).toBeUndefined();

  async function found(): Promise<object> {
    const { genesysCloud } = world.sandbox;
    const { refreshToken, accessToken } = await world.currentValue(secretArn);
    const fingerprint = fingerprintOf(refreshToken);
    const counts = genesysCloud.counts(clientId);
    return {
      login: 1 + loginsOf(world, clientId).findIndex(tokens => tokens.includes(fingerprint)),
      refreshToken: genesysCloud.isLive(fingerprint) ? 'live' : 'not live',
      accessToken: await world.statusOfCurrentUser(accessToken),
      refreshes: counts.refreshes,
      refusedRefreshes: counts.refusedRefreshes,
    };
  }
}

/** The version that blocks the next rotation: it has AWSPENDING, and AWSCURRENT is on another one. */
export async function pendingElsewhere(world: RecoveryWorld, secretArn: string): Promise<string | undefined> {
  const pendingId = await world.versionWith(secretArn, 'AWSPENDING');
  return pendingId === (await world.versionWith(secretArn, 'AWSCURRENT')) ? undefined : pendingId;
}

function loginsOf({ sandbox }: RecoveryWorld, clientId: string): readonly (readonly string[])[] {
  return sandbox.genesysCloud
    .lineages(clientId)
    .map(({ tokens }) => tokens.map(({ fingerprint }) => fingerprint));
}
