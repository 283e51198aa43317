import { describe, expect, it } from 'vitest';
import { payload, runWorkflow } from './run-workflow.ts';
import {
  CHECK,
  INPUT_WITH_RECOVERED,
  REFRESH,
  REFRESH_FOUND,
  REFRESH_PENDING,
  REFRESH_RECOVERED,
  RESUME,
  STAND_DOWN,
  STORE_RECOVERED,
  THROUGH,
} from './scripts.ts';

describe('tokens in the state', () => {
  it.each([
    { way: 'a refresh', script: REFRESH },
    { way: 'a refresh from a version that was found', script: REFRESH_FOUND },
    { way: 'a resumed rotation', script: RESUME },
    { way: 'a resumed rotation that refreshes', script: REFRESH_PENDING },
    { way: 'a rotation with recovered tokens', script: STORE_RECOVERED },
    { way: 'a rotation with recovered tokens that refreshes', script: REFRESH_RECOVERED },
    { way: 'a rotation that stands down', script: STAND_DOWN },
    { way: 'a configuration check', script: CHECK },
  ])('are handed over sealed, and only where they are needed, in $way', async ({ script }) => {
    const run = await runWorkflow(script, INPUT_WITH_RECOVERED);

    const holders = (token: string) =>
      run.calls.filter(call => JSON.stringify(call.payload).includes(token)).map(call => call.state);
    const storePending = run.states.filter(state => state === 'StorePending');
    const storeRecovered = run.states.filter(state => state === 'StoreRecovered');
    expect(holders('sealed-value')).toEqual(storePending);
    // Fetch judges the whole input, before anything is spent.
    expect(holders('sealed-recovered-value')).toEqual(['Fetch', ...storeRecovered]);
    expect(holders('sealed-rotation-token')).toEqual(['Fetch', ...storeRecovered, ...storePending]);
  });

  it.each(THROUGH)(
    'do not get there by what the function of $task answers too much',
    async ({ task, script, input }) => {
      const talkative = (script[task] ?? []).map(answer =>
        'payload' in answer
          ? payload({ ...Object(answer.payload), accessToken: 'clear-token', SecretString: 'clear-token' })
          : answer,
      );

      const run = await runWorkflow({ ...script, [task]: talkative }, input);

      expect(run.failure).toBeUndefined();
      expect(run.stateData).not.toContain('clear-token');
    },
  );
});
