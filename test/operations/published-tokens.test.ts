import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../functions/shared/durations.ts';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import { synthesize } from '../../sandbox/synthesis.ts';
import { expectPublishDenied } from '../helpers/publish-denial.ts';
import { type RecoveryWorld, recoveryWorld } from '../recovery/recovery-world.ts';
import { alternatingWorld } from '../rotation/alternating-world.ts';
import { statesOf } from '../rotation/execution-outcome.ts';

const DEPLOYMENT = 'genesys-token-rotation';
const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';
const NAME = 'crm/genesys';
const PUBLISHED_NAME = 'crm/genesys/access-token';

describe('published access tokens', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'published-'));
    await synthesize(assemblyDirectory, {
      publishAccessTokens: 'true',
      secretNames: NAME,
      secretArnPatterns: 'arn:aws:secretsmanager:*:*:secret:genesys/*',
      secretKeyArn: `arn:aws:kms:us-east-1:123456789012:key/${KEY_ID}`,
    });
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  /** The secret that the stack created, with the tokens of a first login. */
  async function publishingWorld() {
    const world = await recoveryWorld({
      assemblyDirectory,
      existingKeys: [KEY_ID],
      secretsManager: { staleRotationToken: 'accepted' },
    });
    for (const name of ['genesys/other', 'genesys/login']) {
      expectPublishDenied(world.sandbox, `${name}/access-token`);
    }
    const credential = await world.credential();
    const secretArn = world.sandbox.stack.secrets.find(({ name }) => name === NAME)?.arn ?? '';
    // The configuration test after the deployment fails because the credential is empty.
    await world.sandbox.advance(60_000);
    await world.put(secretArn, await world.currentValue(credential.secretArn));
    return { ...world, secretArn };
  }

  async function publishedIn({ secrets }: RecoveryWorld, name = PUBLISHED_NAME) {
    const { SecretString = '', VersionId } = await secrets.send(
      new GetSecretValueCommand({ SecretId: name }),
    );
    return { value: JSON.parse(SecretString) as Record<string, unknown>, versionId: VersionId };
  }

  async function worksIn(world: RecoveryWorld, name = PUBLISHED_NAME): Promise<boolean> {
    const { value } = await publishedIn(world, name);
    return (await world.statusOfCurrentUser(String(value.accessToken))) === 200;
  }

  it('are updated by every rotation, and work', async () => {
    const world = await publishingWorld();

    const { outcome, execution } = await world.rotated(world.secretArn);

    const current = await world.currentValue(world.secretArn);
    const { value } = await publishedIn(world);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution && statesOf(execution).slice(-3)).toEqual(['Promote', 'Publish', 'Rotated']);
    expect(value).toEqual({
      accessToken: current.accessToken,
      expiresAt: current.expiresAt,
      apiUrl: expect.any(String),
      region: current.region,
    });
    expect(await world.statusOfCurrentUser(String(value.accessToken))).toBe(200);
    expect(Object.keys(value)).toHaveLength(4);
  });

  it('are written by a redrive after the function crashed', async () => {
    const world = await publishingWorld();
    const { execution } = await world.rotated(world.secretArn);
    const before = await publishedIn(world);
    world.crashIn('Publish');

    const again = await world.rotated(world.secretArn);
    await world.sandbox.advance(20 * 60_000);
    const closed = await world.lastClosed(world.secretArn);
    world.clearFaults();
    const redriven = await world.redriven(closed);

    expect(execution?.status).toBe('SUCCEEDED');
    expect(again.outcome).toEqual({ status: 'succeeded' });
    expect(closed.status).toBe('FAILED');
    expect(redriven.status).toBe('SUCCEEDED');
    expect((await publishedIn(world)).versionId).not.toBe(before.versionId);
    expect(await worksIn(world)).toBe(true);
  });

  it('are written after an outage that outlasts the retries of the other states', async () => {
    const world = await publishingWorld();
    world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'throttled', by: 'publish' });

    const { outcome } = await world.rotated(world.secretArn);
    await world.sandbox.advance(120_000);
    world.clearFaults();
    const closed = await world.lastClosed(world.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(closed).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
    expect(await worksIn(world)).toBe(true);
  });

  it('are updated by a redrive days later to the token that AWSCURRENT then holds', async () => {
    const world = await publishingWorld();
    await world.rotated(world.secretArn);
    world.sandbox.faults.add({
      target: 'secretsmanager:PutSecretValue',
      kind: 'access-denied',
      by: 'publish',
    });
    await world.rotated(world.secretArn);
    const failed = await world.lastClosed(world.secretArn);
    world.clearFaults();
    const login = await world.credential({ secretName: 'genesys/login' });
    await world.put(world.secretArn, await world.currentValue(login.secretArn));
    await world.sandbox.advance(3 * DAY_MS);

    const redriven = await world.redriven(failed);

    const { value } = await publishedIn(world);
    expect(failed.failure?.error).toBe('AccessTokenNotPublished');
    expect(redriven.status).toBe('SUCCEEDED');
    expect(value.accessToken).toBe(login.accessToken);
  });

  it('are updated to a login during the rotation, which ends in Superseded', async () => {
    const world = await publishingWorld();
    const login = await world.credential({ secretName: 'genesys/login' });
    const newer = await world.currentValue(login.secretArn);
    world.before('store-pending', () => world.put(world.secretArn, newer));

    const versionId = await world.rotateSecret(world.secretArn);
    const execution = await world.execution(versionId);

    expect(statesOf(execution).slice(-3)).toEqual(['StandDown', 'PublishNewerLogin', 'Superseded']);
    expect((await publishedIn(world)).value.accessToken).toBe(login.accessToken);
  });

  it('still work after a rotation of a secret with two grants, which publishes the other token', async () => {
    const world = await alternatingWorld({ assemblyDirectory, existingKeys: [KEY_ID] });
    const { secretArn } = await world.twoGrants({ secretName: 'genesys/other' });
    const name = 'genesys/other/access-token';
    await world.secrets.send(
      new CreateSecretCommand({ Name: name, Tags: [{ Key: PUBLISHER_TAG, Value: DEPLOYMENT }] }),
    );
    world.enable(secretArn);
    await world.rotated(secretArn);
    const { value: before } = await publishedIn(world, name);

    await world.rotated(secretArn);

    const { value: after } = await publishedIn(world, name);
    const statuses = [before, after].map(({ accessToken }) => world.statusOfCurrentUser(String(accessToken)));
    expect(await Promise.all(statuses)).toEqual([200, 200]);
    expect(after.accessToken).not.toBe(before.accessToken);
  });

  it('are not written to a secret without the tag of the deployment', async () => {
    const world = await publishingWorld();
    const { secretArn } = await world.credential({ secretName: 'genesys/other' });
    world.enable(secretArn);
    const { ARN = '' } = await world.secrets.send(
      new CreateSecretCommand({ Name: 'genesys/other/access-token', SecretString: '"untouched"' }),
    );
    expectPublishDenied(world.sandbox, ARN);

    const { outcome } = await world.rotated(secretArn);
    const failed = await world.lastClosed(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(failed).toMatchObject({ status: 'FAILED', failure: { error: 'AccessTokenNotPublished' } });
    expect(statesOf(failed).at(-1)).toBe('Publish');
    expect(await world.currentWorks({ secretArn })).toBe(true);
    expect(await publishedIn(world, 'genesys/other/access-token')).toMatchObject({ value: 'untouched' });
  });

  it('are written by a redrive once the missing secret exists', async () => {
    const world = await publishingWorld();
    const { secretArn } = await world.credential({ secretName: 'genesys/other' });
    world.enable(secretArn);
    await world.rotated(secretArn);
    const failed = await world.lastClosed(secretArn);
    await world.secrets.send(
      new CreateSecretCommand({
        Name: 'genesys/other/access-token',
        Tags: [{ Key: PUBLISHER_TAG, Value: DEPLOYMENT }],
      }),
    );

    const redriven = await world.redriven(failed);

    expect(failed.failure?.error).toBe('AccessTokenNotPublished');
    expect(redriven.status).toBe('SUCCEEDED');
    expect(await worksIn(world, 'genesys/other/access-token')).toBe(true);
  });
});
