import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { closedIn, ENDS, STATES, type State } from '../recovery/closed-in.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { deployPresent, EARLIER_VERSIONS, earlierDefinition } from './earlier-definition.ts';

const output = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ verified: v.looseObject({ userId: v.string() }) }),
);

describe.each(EARLIER_VERSIONS)('an execution that began under the definition of %s', version => {
  it('goes on with the present functions where it failed, whichever Task that was', async () => {
    const world = await recoveryWorld();
    const { sandbox } = world;

    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, earlierDefinition(version, sandbox));
    const failed = new Map<State, { credential: FirstCredential; execution: ExecutionSnapshot }>();
    for (const state of STATES) {
      const credential = await world.credential({ secretName: `genesys/${state}` });
      const execution = await closedIn(state, world, credential, () => world.crashIn(state));
      failed.set(state, { credential, execution });
    }
    deployPresent(sandbox);
    const closed: Record<string, string> = {};
    const ends: Record<string, object> = {};
    const good: Record<string, boolean> = {};
    for (const [state, { credential, execution }] of failed) {
      closed[state] = `${execution.status} in ${execution.stateName}`;
      const redriven = await world.redriven(execution);
      const { refreshes } = sandbox.genesysCloud.counts(credential.clientId);
      ends[state] = { end: statesOf(redriven).at(-1), refreshes };
      good[state] = await world.currentIsGood(credential);
    }

    expect(closed).toEqual(Object.fromEntries(STATES.map(state => [state, `FAILED in ${state}`])));
    expect(ends).toEqual(ENDS);
    expect(good).toEqual(Object.fromEntries(STATES.map(state => [state, true])));
  });

  it('keeps its definition when it is redriven, and the next rotation has the present one', async () => {
    const world = await recoveryWorld();
    const { sandbox } = world;
    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, earlierDefinition(version, sandbox));
    const { secretArn } = await world.credential();
    world.crashIn('Promote');

    await world.rotated(secretArn);
    world.serveAll();
    deployPresent(sandbox);
    const redriven = await world.redriven(await world.lastClosed(secretArn));
    await sandbox.advance(60_000);
    await world.rotated(secretArn);
    const next = await world.lastClosed(secretArn);

    expect(next.executionArn).not.toBe(redriven.executionArn);
    expect(Object.keys(v.parse(output, redriven.output).verified)).toEqual(['userId']);
    expect(Object.keys(v.parse(output, next.output).verified)).toContain('refreshedAt');
  });
});
