import { describe, expect, it } from 'vitest';
import type { RefreshResult } from '../../functions/refresh/refresh.ts';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import { HOSTILE_TEXT } from '../helpers/hostile-text.ts';
import { expectSaved } from '../recovery/expect-saved.ts';
import { type HostileWorld, hostileWorld } from './hostile-world.ts';

/** The parameters of every Task: the secret, a version, and the execution that the caller claims to be. */
function subject(world: HostileWorld, versionId: string) {
  const { secretArn, sandbox } = world;
  const prefix = sandbox.stateMachineArn.replace(':stateMachine:', ':execution:');
  return { secretArn, versionId, execution: `${prefix}:${world.nameOf(versionId, 1)}`, state: 'State' };
}

/** The parameters of Promote for a pair from a history. */
function promotion(world: HostileWorld, versionId: string, pendingVersionId: string, baseVersionId: string) {
  const [older] = world.executions(world.secretArn);
  if (older === undefined) throw new Error('no execution');
  const { lineage, generation, current, fingerprint, issuedAt } = world.refreshedIn(older);
  return {
    ...subject(world, versionId),
    action: 'promote',
    pendingVersionId,
    baseVersionId,
    pair: { lineage, generation, current },
    fingerprint,
    issuedAt,
    expiresAt: null,
    redriveCount: 0,
  };
}

describe('a function that an attacker invokes', () => {
  it('promote does not move AWSCURRENT to a pending version without a value', async () => {
    const world = await hostileWorld();
    const { secretArn, firstVersionId } = world;
    world.crashIn('Refresh');
    const { versionId } = await world.rotated(secretArn);
    world.clearFaults();

    const result = await world.invoke('promote', promotion(world, versionId, versionId, firstVersionId));

    expect(result).toEqual({ error: 'CurrentVersionMoved' });
    expect(await world.versionWith(secretArn, 'AWSCURRENT')).toBe(firstVersionId);
    await world.redriven(await world.lastClosed(secretArn));
    await expectSaved(world, world.login, { refreshes: 2 });
  });

  it('promote does not move AWSCURRENT back to AWSPREVIOUS', async () => {
    const world = await hostileWorld();
    const { secretArn, firstVersionId } = world;
    const previousId = (await world.versionWith(secretArn, 'AWSPREVIOUS')) ?? '';

    for (const versionId of [previousId, firstVersionId]) {
      const result = await world.invoke('promote', promotion(world, versionId, previousId, firstVersionId));

      expect(result).toHaveProperty('error');
    }

    expect(await world.versionWith(secretArn, 'AWSCURRENT')).toBe(firstVersionId);
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it('refresh keeps every pair in the journal and returns no plaintext', async () => {
    const world = await hostileWorld();
    const { firstVersionId } = world;
    const request = {
      ...subject(world, firstVersionId),
      redriveCount: 0,
      enteredAt: '2026-01-01T00:00:00.000Z',
      retryCount: 0,
    };

    const first = await world.invoke('refresh', { ...request, replaces: null, skipsDeadGrant: false });
    const { returned } = first as { returned: RefreshResult };
    const { lineage, generation, current } = returned;
    for (const replaced of [generation, generation + 1]) {
      const replaces = { lineage, generation: replaced, current };
      await world.invoke('refresh', { ...request, replaces, skipsDeadGrant: true });
    }

    expect(new Set(Object.keys(returned))).toEqual(
      new Set(['lineage', 'generation', 'current', 'fingerprint', 'sealedPair', 'issuedAt', 'expiresAt']),
    );
    expect(current).toEqual({ lineage: expect.stringMatching(/^[0-9a-f]{64}$/), generation: 1 });
    await world.rotated(world.secretArn);
    // One in the first rotation, and two that replaced a pair. The first call kept the promoted pair.
    await expectSaved(world, world.login, { refreshes: 3 });
  });

  it('store-pending does not store a pair of an older execution', async () => {
    const world = await hostileWorld();
    const { secretArn } = world;
    const [older] = world.executions(secretArn);
    if (older === undefined) throw new Error('no execution');
    const pair = world.refreshedIn(older);
    const { versionId } = await world.rotated(secretArn);
    const labels = await world.labels(secretArn);

    const replayed = await world.invoke('store-pending', {
      ...subject(world, versionId),
      pair,
      sealedRotationToken: null,
    });
    const relabelled = await world.invoke('store-pending', {
      ...subject(world, versionId),
      pair: { ...pair, generation: pair.generation + 1 },
      sealedRotationToken: null,
    });

    expect(replayed).toEqual({ error: 'AccessTokenExpired' });
    expect(relabelled).toEqual({ error: 'InvalidCiphertextException' });
    expect(await world.labels(secretArn)).toEqual(labels);
    await expectSaved(world, world.login, { refreshes: 2 });
  });

  it('store-pending does not store a pair of another secret', async () => {
    const world = await hostileWorld();
    const other = await world.credential({ secretName: 'crm/other' });
    await world.rotated(other.secretArn);
    const [foreign] = world.executions(other.secretArn);
    if (foreign === undefined) throw new Error('no execution');

    const result = await world.invoke('store-pending', {
      ...subject(world, world.firstVersionId),
      pair: world.refreshedIn(foreign),
      sealedRotationToken: null,
    });

    expect(result).toEqual({ error: 'InvalidCiphertextException' });
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it('promote can make a rotation stand down without losing a token', async () => {
    const world = await hostileWorld();
    const { secretArn } = world;
    world.crashIn('Promote');
    const { versionId } = await world.rotated(secretArn);
    world.clearFaults();

    await world.invoke('promote', { ...subject(world, versionId), action: 'stand-down', redriveCount: 0 });
    await world.rotated(secretArn);

    await expectSaved(world, world.login, { refreshes: 2 });
  });

  it.each(['fetch', 'refresh', 'store-pending', 'verify', 'promote', 'rotation'] as const)(
    '%s rejects text that is not an ARN',
    async name => {
      const world = await hostileWorld();

      const result = await world.invoke(name, {
        ...subject(world, world.firstVersionId),
        secretArn: HOSTILE_TEXT,
        input: { purpose: 'rotate', secretArn: HOSTILE_TEXT, versionId: 'v', sealedRotationToken: null },
        mode: 'check-configuration',
        action: 'stand-down',
        redriveCount: 0,
        pair: {},
        Step: 'createSecret',
        SecretId: HOSTILE_TEXT,
        ClientRequestToken: world.firstVersionId,
      });

      expect(result).toEqual({ error: 'InvalidRotationRequest' });
    },
  );

  it("verify and fetch return none of the secret's values", async () => {
    const world = await hostileWorld();
    const { secretArn, firstVersionId } = world;
    const request = subject(world, firstVersionId);

    const verified = await world.invoke('verify', {
      ...request,
      mode: 'verify',
      pendingVersionId: firstVersionId,
      baseVersionId: firstVersionId,
      issuedAt: '2026-01-01T00:00:00Z',
    });
    const fetched = await world.invoke('fetch', {
      ...request,
      input: { purpose: 'rotate', secretArn, versionId: firstVersionId, sealedRotationToken: null },
      redriveCount: 0,
    });

    expect(verified).toEqual({ returned: { userId: expect.stringMatching(/^[\w-]{1,64}$/) } });
    expect(fetched).toEqual({ returned: { route: 'rotated' } });
  });

  it('rotation starts no execution for a version that Secrets Manager did not create', async () => {
    const world = await hostileWorld();
    const { secretArn } = world;

    const result = await world.invokeStep('createSecret', secretArn, 'c0ffee00-0000-4000-8000-000000000001');

    expect(result).toMatchObject({ error: 'InvalidRotationRequest' });
    expect(world.executions(secretArn)).toHaveLength(1);
  });

  it('notify sends nothing for text that is not an ARN', async () => {
    const world = await hostileWorld();

    const result = await world.invoke('notify', {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: HOSTILE_TEXT, status: 'FAILED' },
    });

    expect(result).toEqual({ error: 'InvalidArn' });
    expect(world.sandbox.sns.messages()).toEqual([]);
  });

  it('notify does not report that an unfinished rotation works again', async () => {
    const world = await hostileWorld({ events: { rules: 'patterns' } });
    const { secretArn, sandbox } = world;
    world.crashIn('Refresh');
    await world.rotated(secretArn);
    await sandbox.advance(MINUTE_MS);
    const before = sandbox.sns.messages().length;

    const { executionArn, input } = await world.lastClosed(secretArn);
    await world.invoke('notify', {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn, input, status: 'SUCCEEDED', stopDate: Date.parse('9999-01-01T00:00:00Z') },
    });

    expect(before).toBe(1);
    expect(sandbox.sns.messages()).toHaveLength(1);
  });
});
