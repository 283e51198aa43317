import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const CLIENT_SECRET = 'sentinel-client-secret';
const REFRESH_TOKEN = 'sentinel-refresh-token';

/** A complete value as text; a change to `undefined` leaves the key out. */
function text(changes: object = {}): { SecretString: string } {
  const complete = { clientId: 'sentinel-id', clientSecret: CLIENT_SECRET, refreshToken: REFRESH_TOKEN };
  return { SecretString: JSON.stringify({ ...complete, ...changes }) };
}

/** A value that cannot be rotated, and what the message says of it. */
const UNUSABLE: readonly (readonly [string, object, string])[] = [
  ['no JSON', { SecretString: `sentinel ${REFRESH_TOKEN}` }, 'is not a JSON object'],
  ['no object', { SecretString: JSON.stringify([REFRESH_TOKEN]) }, 'is not a JSON object'],
  ['binary', { SecretBinary: Buffer.from(REFRESH_TOKEN) }, 'is binary'],
  ['without clientId', text({ clientId: undefined }), 'lacks the key clientId'],
  ['without clientSecret', text({ clientSecret: undefined }), 'lacks the key clientSecret'],
  ['without refreshToken', text({ refreshToken: undefined }), 'lacks the key refreshToken'],
  ['with an empty refreshToken', text({ refreshToken: ' ' }), 'has an empty key refreshToken'],
  [
    'with a refreshToken that is no text',
    text({ refreshToken: { sentinel: 1 } }),
    'a key refreshToken that is not',
  ],
  ['with an unknown region', text({ region: 'sentinel.example.com' }), 'a key region that is not'],
  ['without any value', {}, 'has no AWSCURRENT value'],
];

describe('a secret that is no complete credential', () => {
  it('fails at Fetch with InvalidSecret, which names the key and not the value, and stays as it is', async () => {
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

  it('is rotated on a redrive once it is mended', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential();
    const complete = await world.currentValue(secretArn);
    await world.put(secretArn, { ...complete, refreshToken: '' });

    const { execution: failed } = await world.rotateUntilClosed(secretArn);
    await world.put(secretArn, complete);
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Fetch', error: 'InvalidSecret' });
    expect(execution.status).toBe('SUCCEEDED');
    const { accessToken } = await world.currentValue(secretArn);
    expect(accessToken).not.toBe(complete.accessToken);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
  });
});
