import { describe, expect, it } from 'vitest';
import { payload, runWorkflow } from './run-workflow.ts';
import { CHECK, INPUT, REFRESH, REFRESH_AGAIN, RUNS_THROUGH, STAND_DOWN } from './scripts.ts';

describe('tokens in the state', () => {
  it.each([
    { scenario: 'a rotation', script: REFRESH, pair: ['StorePending'], again: [], token: ['StorePending'] },
    {
      scenario: 'a rotation that refreshes again',
      script: REFRESH_AGAIN,
      pair: ['StorePending'],
      again: ['StorePending'],
      token: ['StorePending', 'StorePending'],
    },
    {
      scenario: 'a rotation that stands down',
      script: STAND_DOWN,
      pair: ['StorePending'],
      again: [],
      token: ['StorePending'],
    },
    { scenario: 'a configuration test', script: CHECK, pair: [], again: [], token: [] },
  ])(
    'are passed on sealed, and only where they are needed, in $scenario',
    async ({ script, pair, again, token }) => {
      const run = await runWorkflow(script, INPUT);

      const holders = (text: string) =>
        run.calls.filter(call => JSON.stringify(call.payload).includes(`"${text}"`)).map(call => call.state);
      expect(holders('sealed-pair')).toEqual(pair);
      expect(holders('again-sealed-pair')).toEqual(again);
      // Fetch checks the whole input before anything is spent.
      expect(holders('sealed-rotation-token')).toEqual(['Fetch', ...token]);
    },
  );

  it.each(RUNS_THROUGH)(
    'are not copied from unexpected members in the result of $task',
    async ({ task, script, input }) => {
      const withTokens = (script[task] ?? []).map(outcome =>
        'payload' in outcome
          ? payload({ ...Object(outcome.payload), accessToken: 'clear-token', SecretString: 'clear-token' })
          : outcome,
      );

      const run = await runWorkflow({ ...script, [task]: withTokens }, input);

      expect(run.failure).toBeUndefined();
      expect(run.stateData).not.toContain('clear-token');
    },
  );
});
