import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import { CONTROL_CHARACTERS, HOSTILE_TEXT } from '../helpers/hostile-text.ts';
import { expectSaved } from '../recovery/expect-saved.ts';
import { failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { type HostileWorld, hostileWorld } from './hostile-world.ts';

/** A rotation that failed in a state and can be redriven. */
async function failedIn(world: HostileWorld, state: string) {
  world.crashIn(state);
  const failed = await world.rotated(world.secretArn);
  world.clearFaults();
  return failed;
}

describe('an execution that somebody starts manually', () => {
  it.each([
    ['null', null],
    ['a list', []],
    ['an empty object', {}],
    ['no ARN', { purpose: 'rotate', secretArn: HOSTILE_TEXT, versionId: 'v', sealedRotationToken: null }],
    ['keys of other states', { refreshed: { refreshedAt: '9999-01-01T00:00:00Z' }, recovered: null }],
  ])('fails in Fetch and spends nothing when its input is %s', async (_what, input) => {
    const world = await hostileWorld();

    const execution = await world.start(world.nameOf(world.firstVersionId, 2), input);

    expect(failureOf(execution)).toMatchObject({ state: 'Fetch', error: 'InvalidRotationRequest' });
    expect(JSON.parse(execution.failure.cause ?? '{}').errorMessage).not.toMatch(CONTROL_CHARACTERS);
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it('fails in Fetch and spends nothing when it is not named after its input', async () => {
    const world = await hostileWorld();
    const { secretArn, firstVersionId: versionId } = world;
    const input = { purpose: 'rotate', secretArn, versionId, sealedRotationToken: 'garbage' };

    const execution = await world.start('manual', input);

    expect(failureOf(execution)).toMatchObject({ state: 'Fetch', error: 'InvalidRotationRequest' });
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it('stands down and spends nothing for a version that is neither AWSPENDING nor AWSCURRENT', async () => {
    const world = await hostileWorld();
    const { secretArn } = world;
    const versionId = 'c0ffee00-0000-4000-8000-000000000001';

    const execution = await world.start(world.nameOf(versionId, 1), {
      purpose: 'rotate',
      secretArn,
      versionId,
      sealedRotationToken: null,
    });

    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'StandDown', 'Superseded']);
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it('spends nothing for the version of AWSCURRENT', async () => {
    const world = await hostileWorld();
    const { secretArn, firstVersionId: versionId } = world;

    const execution = await world.start(world.nameOf(versionId, 2), {
      purpose: 'rotate',
      secretArn,
      versionId,
      sealedRotationToken: null,
    });

    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Rotated']);
    await expectSaved(world, world.login, { refreshes: 1 });
  });

  it.each(['Refresh', 'StorePending', 'Verify', 'Promote'])(
    'finishes a rotation that failed in %s, even if its rotation token is garbage',
    async state => {
      const world = await hostileWorld();
      const { versionId } = await failedIn(world, state);
      const { secretArn } = world;

      const execution = await world.start(world.nameOf(versionId, 2), {
        purpose: 'rotate',
        secretArn,
        versionId,
        sealedRotationToken: 'garbage',
      });

      expect(execution.status).toBe('SUCCEEDED');
      await expectSaved(world, world.login, { refreshes: 2 });
    },
  );

  it.each([null, { sealedRotationToken: 7 }])(
    'does not prevent the rotation whose name it took, with the input %j',
    async input => {
      const world = await hostileWorld();
      const { secretArn } = world;
      const versionId = 'c0ffee00-0000-4000-8000-000000000001';
      await world.start(
        world.nameOf(versionId, 1),
        input && { purpose: 'rotate', secretArn, versionId, ...input },
      );

      await world.secrets.send(
        new RotateSecretCommand({ SecretId: secretArn, ClientRequestToken: versionId }),
      );

      expect(await world.outcome(secretArn, versionId)).toEqual({ status: 'succeeded' });
      await expectSaved(world, world.login, { refreshes: 2 });
    },
  );

  it('ignores results of states in its input', async () => {
    const world = await hostileWorld();
    const { versionId } = await failedIn(world, 'Refresh');
    const { secretArn, firstVersionId } = world;

    const execution = await world.start(world.nameOf(versionId, 2), {
      purpose: 'rotate',
      secretArn,
      versionId,
      sealedRotationToken: null,
      fetched: { route: 'rotated' },
      refreshed: {
        lineage: 'x',
        generation: 9,
        fingerprint: 'x',
        sealedPair: 'x',
        issuedAt: '9999-01-01T00:00:00Z',
      },
      versions: { pendingVersionId: firstVersionId, baseVersionId: firstVersionId },
      recovered: { sealedPair: 'x' },
    });

    expect(execution.status).toBe('SUCCEEDED');
    await expectSaved(world, world.login, { refreshes: 2 });
  });

  it.each(['the pair', 'the rotation token'])(
    'cannot make a function open %s of an older execution',
    async what => {
      const world = await hostileWorld();
      const { secretArn } = world;
      const [older] = world.executions(secretArn);
      if (older === undefined) throw new Error('no execution');
      const { versionId } = await failedIn(world, 'Refresh');
      const sealedRotationToken =
        what === 'the pair'
          ? world.refreshedIn(older).sealedPair
          : (JSON.parse(older.input) as { sealedRotationToken: string }).sealedRotationToken;

      const execution = await world.start(world.nameOf(versionId, 2), {
        purpose: 'rotate',
        secretArn,
        versionId,
        sealedRotationToken,
      });

      expect(execution.status).toBe('SUCCEEDED');
      await expectSaved(world, world.login, { refreshes: 2 });
    },
  );

  it('neither hides a failure nor reports a recovery', async () => {
    const world = await hostileWorld({ events: { rules: 'patterns' } });
    const { secretArn, sandbox, firstVersionId } = world;
    const settle = (): Promise<void> => sandbox.advance(MINUTE_MS);
    await failedIn(world, 'Refresh');
    await settle();
    const before = sandbox.sns.messages().length;

    await world.start(world.nameOf(firstVersionId, 2), {
      purpose: 'rotate',
      secretArn,
      versionId: firstVersionId,
      sealedRotationToken: null,
    });
    await world.start('manual', { purpose: 'rotate', secretArn: HOSTILE_TEXT, versionId: HOSTILE_TEXT });
    await settle();

    const messages = sandbox.sns.messages().slice(before);
    expect(before).toBe(1);
    expect(messages.map(({ subject }) => subject)).toEqual([
      'Genesys token rotation failed in Fetch: InvalidRotationRequest',
    ]);
    expect(messages[0]?.message.replaceAll('\n', '')).not.toMatch(CONTROL_CHARACTERS);
    expect(messages[0]?.message.match(/^WHAT TO DO/gm)).toHaveLength(1);
  });
});
