import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const CLIENT_SECRET = 'sentinel-client-secret';
const REFRESH_TOKEN = 'sentinel-refresh-token';

/** A complete value as text; a change to `undefined` removes the key. */
function text(changes: object = {}): { SecretString: string } {
  const complete = { clientId: 'sentinel-id', clientSecret: CLIENT_SECRET, refreshToken: REFRESH_TOKEN };
  return { SecretString: JSON.stringify({ ...complete, ...changes }) };
}

/** A value that cannot be rotated, and a part of the message. */
const UNUSABLE: readonly (readonly [string, object, string])[] = [
  ['not JSON', { SecretString: `sentinel ${REFRESH_TOKEN}` }, 'is not a JSON object'],
  ['not an object', { SecretString: JSON.stringify([REFRESH_TOKEN]) }, 'is not a JSON object'],
  ['binary', { SecretBinary: Buffer.from(REFRESH_TOKEN) }, 'is binary'],
  ['without clientId', text({ clientId: undefined }), 'lacks the key clientId'],
  ['without clientSecret', text({ clientSecret: undefined }), 'lacks the key clientSecret'],
  ['without refreshToken', text({ refreshToken: undefined }), 'lacks the key refreshToken'],
  ['with an empty refreshToken', text({ refreshToken: ' ' }), 'has an empty key refreshToken'],
  [
    'with a refreshToken that is not a string',
    text({ refreshToken: { sentinel: 1 } }),
    'a key refreshToken that is not',
  ],
  ['with an unknown region', text({ region: 'sentinel.example.com' }), 'a key region that is not'],
  ['without any value', {}, 'has no AWSCURRENT value'],
];

describe('a secret that is not a complete credential', () => {
  it('fails in Fetch with InvalidSecret, which names the key but not its value, and stays unchanged', async () => {
    const world = await rotationWorld();
    const { sandbox, secrets } = world;

    const seen: Record<string, unknown> = {};
    for (const [what, value] of UNUSABLE) {
      const { ARN = '' } = await secrets.send(
        new CreateSecretCommand({ Name: what.replaceAll(' ', '-'), ...value }),
      );
      const before = await world.labels(ARN);
      const { versionId, execution } = await world.rotateUntilClosed(ARN);
      seen[what] = { failure: failureOf(execution), kept: await world.labels(ARN) };
      expect(seen[what], what).toMatchObject({
        failure: { state: 'Fetch', error: 'InvalidSecret' },
        kept: { ...before, [versionId]: ['AWSPENDING'] },
      });
    }

    expect(Object.keys(seen)).toHaveLength(10);
    for (const [what, , message] of UNUSABLE) expect(JSON.stringify(seen[what])).toContain(message);
    expect(JSON.stringify(seen)).not.toContain('sentinel');
    expect(sandbox.genesysCloud.counts()).toMatchObject({ refreshes: 0, refusedRefreshes: 0 });
  });

  /** A rotation that failed in Fetch, and the value that fixes it. */
  async function failedInFetch(pendingAfterForeignWrite: 'removed' | 'kept') {
    const world = await rotationWorld({ secretsManager: { pendingAfterForeignWrite, retryDelaysMs: [] } });
    const credential = await world.credential();
    const { secretArn } = credential;
    const complete = await world.currentValue(secretArn);
    await world.put(secretArn, { ...complete, refreshToken: '' });
    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    await world.outcome(secretArn, versionId);
    expect(failureOf(failed)).toMatchObject({ state: 'Fetch', error: 'InvalidSecret' });
    return { world, credential, complete, failed };
  }

  it.each(['removed', 'kept'] as const)(
    'is rotated by a redrive once it is fixed (the write leaves AWSPENDING %s)',
    async pendingAfterForeignWrite => {
      const { world, credential, complete, failed } = await failedInFetch(pendingAfterForeignWrite);
      const { secretArn, clientId } = credential;

      await world.put(secretArn, complete);
      const execution = await world.redrive(failed);

      expect(execution.status).toBe('SUCCEEDED');
      const { accessToken } = await world.currentValue(secretArn);
      expect(accessToken).not.toBe(complete.accessToken);
      expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
      expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({
        refreshes: 1,
        refusedRefreshes: 0,
      });
    },
  );

  it('is rotated by the next RotateSecret once it is fixed', async () => {
    const { world, credential, complete } = await failedInFetch('removed');
    const { secretArn, clientId } = credential;

    await world.put(secretArn, complete);
    const { outcome } = await world.rotate(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    const { accessToken } = await world.currentValue(secretArn);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });
});
