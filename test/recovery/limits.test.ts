import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../functions/shared/durations.ts';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { HEALTHY, type PeopleWorld, peopleWorld } from './people-world.ts';

/** Adds a key to AWSCURRENT that pads the whole value to this size. */
async function fillTo(world: PeopleWorld, secretArn: string, bytes: number): Promise<void> {
  const value = { ...(await world.currentValue(secretArn)), notes: '' };
  const missing = bytes - Buffer.byteLength(JSON.stringify(value));
  await world.put(secretArn, { ...value, notes: 'x'.repeat(missing) });
}

describe('a secret value that is nearly as large as Secrets Manager allows', () => {
  it('fails in Fetch with 65,530 bytes before anything is spent; shortening it and a redrive complete the rotation', async () => {
    const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite: 'kept' } });
    const credential = await world.credential();
    const { secretArn } = credential;
    await fillTo(world, secretArn, 65_530);

    const { outcome } = await world.rotated(secretArn);
    const failed = await world.lastClosed(secretArn);
    const spent = await world.health(credential);
    await world.editSecret(secretArn, { notes: 'short' });
    const redriven = await world.redriven(failed);

    expect(outcome).toMatchObject({ status: 'failed' });
    expect(failureOf(failed)).toMatchObject({ state: 'Fetch', error: 'InvalidSecret' });
    expect(spent).toMatchObject({ refreshes: 0, refreshTokenWorks: true, accessTokenWorks: true });
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('is rotated by the next rotation when the write that shortened it removed AWSPENDING', async () => {
    const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite: 'removed' } });
    const credential = await world.credential();
    const { secretArn } = credential;
    await fillTo(world, secretArn, 65_530);
    await world.rotated(secretArn);

    await world.editSecret(secretArn, { notes: 'short' });

    expect(await world.nextRotation(credential)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
  });

  it.each(['kept', 'removed'] as const)(
    'fails in StorePending when it grows after Fetch; shortening it and a redrive complete the rotation (AWSPENDING is %s)',
    async pendingAfterForeignWrite => {
      const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite } });
      const credential = await world.credential();
      const { secretArn } = credential;
      // Without expiresAt, which the rotation adds, the value has the maximum size.
      world.before('store-pending', () => fillTo(world, secretArn, 65_536));

      const { execution: failed } = await world.rotateUntilClosed(secretArn);
      await world.editSecret(secretArn, { notes: 'short' });
      const redriven = await world.redriven(failed);

      expect(failureOf(failed)).toMatchObject({ state: 'StorePending', error: 'InvalidSecret' });
      expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.currentValue(secretArn)).toMatchObject({ notes: 'short' });
      await world.sandbox.advance(60_000);
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );
});

describe('a newer version that cannot be read', () => {
  it('does not fail a rotation or a redrive, because neither reads it', async () => {
    const unreadable: string[] = [];
    const refuseRead: AwsInterceptor = async ({ operation, input }, next) => {
      const { VersionId } = { VersionId: undefined, ...(input as object) };
      if (operation === 'GetSecretValue' && unreadable.some(id => id === VersionId))
        throw new AwsError('DecryptionFailure', "Secrets Manager can't decrypt the secret value.");
      return await next();
    };
    const world = await peopleWorld({ awsInterceptors: [refuseRead] });
    const credential = await world.credential();
    const { secretArn } = credential;

    unreadable.push(await world.write(secretArn, 'not JSON', ['BROKEN']));
    const first = await world.nextRotation(credential);
    await world.failedIn('Verify', secretArn);
    unreadable.push(await world.write(secretArn, 'not JSON, either', ['BROKEN']));
    await world.redriven(await world.lastClosed(secretArn));

    expect(first).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
  });
});

describe('a pending version without a label that Secrets Manager deleted to make room for others', () => {
  /** A rotation that failed in a state and was abandoned; edits a day later made Secrets Manager delete its version. */
  async function trimmedPending(state: string, tokenDurationSeconds: number) {
    const world = await peopleWorld({ secretsManager: { versionQuota: 8, readLagMs: 0 } });
    const credential = await world.credential({ tokenDurationSeconds });
    const { secretArn } = credential;
    world.crashIn(state);
    const { versionId } = await world.rotated(secretArn);
    world.clearFaults();
    const failed = await world.lastClosed(secretArn);
    await world.giveUp(secretArn);
    for (let edit = 1; edit <= 4; edit++) await world.editSecret(secretArn, { edit });
    await world.sandbox.advance(DAY_MS);
    for (let edit = 5; edit <= 8; edit++) await world.editSecret(secretArn, { edit });
    const versions = world.sandbox.secretsManager.describeValues(secretArn, () => true);
    return { world, credential, secretArn, failed, isTrimmed: !versions.has(versionId) };
  }

  describe.each([
    ['still works', 172_800, 1],
    ['has expired', 3_600, 2],
  ] as const)('while its access token %s', (_what, tokenDurationSeconds, refreshes) => {
    it.each(['Verify', 'Promote'])(
      'is stored again by a redrive of the rotation that failed in %s',
      async state => {
        const { world, credential, secretArn, failed, isTrimmed } = await trimmedPending(
          state,
          tokenDurationSeconds,
        );

        const redriven = await world.redriven(failed);

        expect(isTrimmed).toBe(true);
        expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
        expect(statesOf(redriven)).toContain('StorePending');
        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes });
        expect(await world.currentValue(secretArn)).toMatchObject({ edit: 8 });
        expect(await world.nextRotation(credential)).toMatchObject({
          outcome: 'succeeded',
          refreshes: refreshes + 1,
        });
      },
    );

    it('does not cost the next rotation any token', async () => {
      const { world, credential, isTrimmed } = await trimmedPending('Verify', tokenDurationSeconds);

      const next = await world.nextRotation(credential);

      expect(isTrimmed).toBe(true);
      expect(next).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes });
    });
  });
});

describe('new tokens of a user other than genesysUserId', () => {
  /** A failed rotation of a secret whose genesysUserId is not the user of its tokens. */
  async function wrongUser() {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const other = { userName: 'other@example.com', password: 'other' };
    const { userId: otherId } = world.sandbox.genesysCloud.createUser(other);
    const rightId = world.sandbox.genesysCloud.lineages(clientId)[0]?.userId;
    await world.editSecret(secretArn, { genesysUserId: otherId });
    const before = await world.currentValue(secretArn);
    await world.rotated(secretArn);
    const failed = await world.lastClosed(secretArn);
    return { world, credential, secretArn, other, otherId, rightId, before, failed };
  }

  it('are not promoted: the rotation fails in Verify with WrongUser', async () => {
    const { world, secretArn, before, failed } = await wrongUser();

    expect(failureOf(failed)).toMatchObject({ state: 'Verify', error: 'WrongUser' });
    expect(await world.currentValue(secretArn)).toEqual(before);
  });

  it('are promoted by a redrive once the key has been corrected in AWSCURRENT', async () => {
    const { world, credential, secretArn, rightId, failed } = await wrongUser();

    await world.editSecret(secretArn, { genesysUserId: rightId });
    const redriven = await world.redriven(failed);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.currentValue(secretArn)).toMatchObject({ genesysUserId: rightId });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('are promoted by the next rotation once the key has been corrected in AWSCURRENT', async () => {
    const { world, credential, secretArn, rightId } = await wrongUser();

    await world.editSecret(secretArn, { genesysUserId: rightId });

    expect(await world.nextRotation(credential)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
  });

  it('are superseded by a login as the right user', async () => {
    const { world, credential, secretArn, other, otherId, failed } = await wrongUser();

    const { accessToken, refreshToken } = await authorizeCode({
      loginUrl: world.sandbox.genesysCloud.loginUrl,
      ...credential,
      ...other,
    });
    await world.editSecret(secretArn, { accessToken, refreshToken });
    const redriven = await world.redriven(failed);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Superseded' });
    expect(await world.currentValue(secretArn)).toMatchObject({ refreshToken, genesysUserId: otherId });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, login: 2, refreshes: 1 });
    expect(await world.nextRotation(credential)).toEqual({
      outcome: 'succeeded',
      ...HEALTHY,
      login: 2,
      refreshes: 2,
    });
  });

  it('are not promoted by another redrive before the key is corrected', async () => {
    const { world, credential, secretArn, rightId, before, failed } = await wrongUser();

    const again = await world.redriven(failed);
    const unchanged = await world.currentValue(secretArn);
    await world.editSecret(secretArn, { genesysUserId: rightId });
    const redriven = await world.redriven(again);

    expect(failureOf(again)).toMatchObject({ state: 'Verify', error: 'WrongUser' });
    expect(unchanged).toEqual(before);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
  });
});
