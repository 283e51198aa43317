import { describe, expect, it } from 'vitest';
import { statesOf } from '../rotation/execution-outcome.ts';
import { closedIn, ENDS, STATES, type State } from './closed-in.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

/** Genesys Cloud ends a login whose spent refresh token is presented again, so a token spent twice is detected. */
const STRICT = { genesysCloud: { reuseRevokesLineage: true } };

async function redrivenFromEvery(
  world: RecoveryWorld,
  prepare: (state: State) => void,
): Promise<{ closed: Record<string, string>; ends: Record<string, object>; good: Record<string, boolean> }> {
  const closed: Record<string, string> = {};
  const ends: Record<string, object> = {};
  const good: Record<string, boolean> = {};
  for (const state of STATES) {
    const credential = await world.credential({ secretName: `genesys/${state}` });
    const execution = await closedIn(state, world, credential, () => prepare(state));
    closed[state] = `${execution.status} in ${execution.stateName}`;
    const redriven = await world.redriven(execution);
    const { refreshes } = world.sandbox.genesysCloud.counts(credential.clientId);
    ends[state] = { end: statesOf(redriven).at(-1), refreshes };
    good[state] = await world.currentWorks(credential);
  }
  return { closed, ends, good };
}

function each<Value>(value: (state: State) => Value): Record<string, Value> {
  return Object.fromEntries(STATES.map(state => [state, value(state)]));
}

describe('an execution that failed in any state', () => {
  it('continues in that state when it is redriven and spends nothing twice', async () => {
    const world = await recoveryWorld(STRICT);

    const { closed, ends, good } = await redrivenFromEvery(world, state => world.crashIn(state));

    expect(closed).toEqual(each(state => `FAILED in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });
});

describe('an execution that was stopped in any state', () => {
  it('continues in that state when it is redriven', async () => {
    const world = await recoveryWorld(STRICT);

    const { closed, ends, good } = await redrivenFromEvery(world, state =>
      world.whenIn(state, async executionArn => {
        await world.stop(executionArn);
        return 'crash';
      }),
    );

    expect(closed).toEqual(each(state => `ABORTED in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });

  it('continues in that state although its function finished and spent the refresh token', async () => {
    const world = await recoveryWorld(STRICT);

    const { closed, ends, good } = await redrivenFromEvery(world, state =>
      world.whenIn(state, async executionArn => {
        await world.stop(executionArn);
        return 'runs';
      }),
    );

    expect(closed).toEqual(each(state => `ABORTED in ${state}`));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(each(() => true));
  });
});

describe('an execution that timed out in any state', () => {
  it('continues in that state when it is redriven', async () => {
    const world = await recoveryWorld(STRICT);
    const { sandbox } = world;
    // The deployed timeout is far longer than all Tasks need, and the retries could be exhausted before this one.
    const { definition } = sandbox.stack.stateMachines[0] ?? { definition: '{}' };
    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, {
      ...JSON.parse(definition.replaceAll(/"MaxAttempts":\s*\d+/g, '"MaxAttempts":99')),
      TimeoutSeconds: 10,
    });

    const { closed, ends, good } = await redrivenFromEvery(world, state =>
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
