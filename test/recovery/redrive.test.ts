import { describe, expect, it } from 'vitest';
import { failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { closedIn, ENDS, STATES, type State } from './closed-in.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

async function redrivenFromEvery(
  world: RecoveryWorld,
  states: readonly State[],
  meet: (state: State) => void,
): Promise<{ closed: Record<string, string>; ends: Record<string, object>; good: Record<string, boolean> }> {
  const closed: Record<string, string> = {};
  const ends: Record<string, object> = {};
  const good: Record<string, boolean> = {};
  for (const state of states) {
    const credential = await world.credential({ secretName: `genesys/${state}` });
    const execution = await closedIn(state, world, credential, () => meet(state));
    closed[state] = `${execution.status} in ${execution.stateName}`;
    const redriven = await world.redriven(execution);
    const { refreshes } = world.sandbox.genesysCloud.counts(credential.clientId);
    ends[state] = { end: statesOf(redriven).at(-1), refreshes };
    good[state] = await world.currentIsGood(credential);
  }
  return { closed, ends, good };
}

function each<Value>(
  value: (state: State) => Value,
  states: readonly State[] = STATES,
): Record<string, Value> {
  return Object.fromEntries(states.map(state => [state, value(state)]));
}

describe('an execution that failed in any state', () => {
  it('goes on there when it is redriven, and nothing is spent twice', async () => {
    const world = await recoveryWorld();

    const { closed, ends, good } = await redrivenFromEvery(world, STATES, state => world.crashIn(state));

    expect(closed).toEqual(each(state => `FAILED in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });
});

describe('an execution that was stopped in any state', () => {
  it('goes on there when it is redriven', async () => {
    const world = await recoveryWorld();

    const { closed, ends, good } = await redrivenFromEvery(world, STATES, state =>
      world.whenIn(state, async executionArn => {
        await world.stop(executionArn);
        return 'crash';
      }),
    );

    expect(closed).toEqual(each(state => `ABORTED in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });

  it('goes on there also when its function ran to its end, except where that spent the refresh token', async () => {
    const world = await recoveryWorld();
    const harmless = STATES.filter(state => state !== 'Refresh' && state !== 'RefreshPending');

    const { closed, ends, good } = await redrivenFromEvery(world, harmless, state =>
      world.whenIn(state, async executionArn => {
        await world.stop(executionArn);
        return 'runs';
      }),
    );

    expect(closed).toEqual(each(state => `ABORTED in ${state}`, harmless));
    expect(ends).toEqual(each(state => ENDS[state], harmless));
    expect(good).toEqual(each(() => true, harmless));
  });

  it('says that the token was probably spent, when its orphaned Refresh spent it', async () => {
    const world = await recoveryWorld();
    const { secretArn, clientId } = await world.credential();
    const before = await world.currentValue(secretArn);
    world.whenIn('Refresh', async executionArn => {
      await world.stop(executionArn);
      return 'runs';
    });

    await world.rotated(secretArn);
    const stopped = await world.lastClosed(secretArn);
    world.serveAll();
    const redriven = await world.redriven(stopped);

    expect(stopped).toMatchObject({ status: 'ABORTED', stateName: 'Refresh' });
    expect(failureOf(redriven)).toEqual({
      state: 'Refresh',
      error: 'RefreshTokenRejected',
      message: expect.stringContaining('the token was probably spent'),
    });
    expect(await world.currentValue(secretArn)).toEqual(before);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 1 });
  });
});

describe('an execution that ran out of time in any state', () => {
  it('goes on there when it is redriven', async () => {
    const world = await recoveryWorld();
    const { sandbox } = world;
    // Its own backstop of five minutes is longer than all of its tasks together can take.
    const { definition } = sandbox.stack.stateMachines[0] ?? { definition: '{}' };
    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, {
      ...JSON.parse(definition),
      TimeoutSeconds: 1,
    });

    const { closed, ends, good } = await redrivenFromEvery(world, STATES, state =>
      world.whenIn(state, async () => {
        sandbox.faults.add({ target: 'secretsmanager:*', kind: 'hang' });
        return 'runs';
      }),
    );

    expect(closed).toEqual(each(state => `TIMED_OUT in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });
});
