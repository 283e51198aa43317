import { describe, expect, it } from 'vitest';
import { failureOf, statesOf } from './execution-outcome.ts';
import { type RotationWorld, rotationWorld } from './rotation-world.ts';

/** Disables the seal's key at the moment when Genesys Cloud issues the new tokens. */
function disableKeyAfterRefresh({ sandbox }: RotationWorld): { enableKey: () => void } {
  const sealKey = sandbox.stack.keys[0]?.keyId ?? '';
  sandbox.genesysCloud.onTokenIssued(({ grant }) => {
    if (grant === 'refresh_token') sandbox.kms.disableKey(sealKey);
  });
  return { enableKey: () => sandbox.kms.enableKey(sealKey) };
}

describe('a rotation that fails in StorePending', () => {
  it('keeps the new tokens sealed in its state and stores them when it is redriven', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId, accessToken } = await world.credential();
    const { enableKey } = disableKeyAfterRefresh(world);

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    const pending = sandbox.secretsManager.secret(secretArn)?.versions.find(({ id }) => id === versionId);
    enableKey();
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'StorePending', error: 'DisabledException' });
    expect(pending).toMatchObject({ labels: ['AWSPENDING'], hasValue: false });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).slice(-4)).toEqual(['StorePending', 'Verify', 'Promote', 'Rotated']);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    const current = await world.currentValue(secretArn);
    expect(current.accessToken).not.toBe(accessToken);
    expect(await world.statusOfCurrentUser(current.accessToken)).toBe(200);
  });

  it("is promoted by Secrets Manager's retry, whether or not the stale RotationToken is accepted", async () => {
    const outcomes = await Promise.all(
      (['putRefused', 'rotationFails', 'accepted'] as const).map(async staleRotationToken => {
        const retryDelaysMs = [60_000, 300_000];
        const world = await rotationWorld({ secretsManager: { staleRotationToken, retryDelaysMs } });
        const { sandbox } = world;
        const { secretArn, clientId } = await world.credential();
        const { enableKey } = disableKeyAfterRefresh(world);

        const { versionId } = await world.rotate(secretArn);
        enableKey();
        sandbox.clock.advance(60_000);
        const retried = await world.outcome(secretArn, versionId);
        const labels = await world.labels(secretArn);
        sandbox.clock.advance(300_000);
        const retriedAgain = await world.outcome(secretArn, versionId);

        expect(labels[versionId]).toContain('AWSCURRENT');
        // The rotation is complete although it failed for Secrets Manager. The next attempt confirms it.
        expect(retriedAgain).toEqual({ status: 'succeeded' });
        expect((await world.labels(secretArn))[versionId]).toEqual(['AWSCURRENT']);
        expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
        return retried;
      }),
    );

    expect(outcomes).toEqual([
      { status: 'failed', error: expect.stringContaining('was not created by Lambda') },
      { status: 'failed', error: expect.stringContaining('was not created by Lambda') },
      { status: 'succeeded' },
    ]);
  });
});
