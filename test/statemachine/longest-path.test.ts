import { describe, expect, it } from 'vitest';
import { type Definition, parseDefinition } from '../../statemachine/definition.ts';
import { longestPath } from './longest-path.ts';

const DONE = { Type: 'Succeed' };

function definition(states: Record<string, object>): Definition {
  return parseDefinition(JSON.stringify({ StartAt: 'A', States: { ...states, Done: DONE } }));
}

describe('longestPath', () => {
  it('adds the time-outs of all attempts and the delays between them', () => {
    const task = {
      Type: 'Task',
      TimeoutSeconds: 10,
      Retry: [
        { ErrorEquals: ['E'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 3, MaxDelaySeconds: 5 },
        { ErrorEquals: ['F'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 1 },
      ],
      Next: 'Done',
    };

    const path = longestPath(definition({ A: task }));

    // Five attempts; delays 2, 5 (6 but for the limit), 5 (18 but for the limit), and 1.
    expect(path).toEqual({ seconds: 63, states: ['A', 'Done'] });
  });

  it('counts three retries after 1, 2 and 4 s for a retrier that says nothing', () => {
    const task = { Type: 'Task', TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['E'] }], Next: 'Done' };

    const path = longestPath(definition({ A: task }));

    expect(path.seconds).toBe(11);
  });

  it('takes the longest of the ways that lead on, caught errors included', () => {
    const path = longestPath(
      definition({
        A: {
          Type: 'Choice',
          Choices: [{ Variable: '$.way', StringEquals: 'short', Next: 'Done' }],
          Default: 'B',
        },
        B: {
          Type: 'Task',
          TimeoutSeconds: 4,
          Catch: [{ ErrorEquals: ['E'], Next: 'C' }],
          Next: 'Done',
        },
        C: { Type: 'Task', TimeoutSeconds: 6, Next: 'Done' },
      }),
    );

    expect(path).toEqual({ seconds: 10, states: ['A', 'B', 'C', 'Done'] });
  });

  it('refuses a Task without a time-out', () => {
    const endless = definition({ A: { Type: 'Task', Next: 'Done' } });

    expect(() => longestPath(endless)).toThrow('Task A has no TimeoutSeconds.');
  });

  it('refuses a loop', () => {
    const loop = definition({
      A: { Type: 'Task', TimeoutSeconds: 1, Next: 'B' },
      B: { Type: 'Task', TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['E'], Next: 'A' }], Next: 'Done' },
    });

    expect(() => longestPath(loop)).toThrow('The states from A on form a loop');
  });

  it('begins where it is told to', () => {
    const task = { Type: 'Task', TimeoutSeconds: 3 };

    const path = longestPath(definition({ A: { ...task, Next: 'B' }, B: { ...task, Next: 'Done' } }), {
      startAt: 'B',
    });

    expect(path).toEqual({ seconds: 3, states: ['B', 'Done'] });
  });

  describe('with an error that is excluded after a state', () => {
    const task = { Type: 'Task', TimeoutSeconds: 2 };
    const looping = definition({
      A: { ...task, Next: 'Test' },
      Test: { ...task, Catch: [{ ErrorEquals: ['Old'], Next: 'Renew' }], Next: 'Done' },
      Renew: { ...task, Next: 'Test' },
    });

    it('takes the way of that error before it went through the state, and not after it', () => {
      const path = longestPath(looping, { excluded: { error: 'Old', after: ['Renew'] } });

      expect(path).toEqual({ seconds: 8, states: ['A', 'Test', 'Renew', 'Test', 'Done'] });
    });

    it('never takes that way when it goes through the state first', () => {
      const path = longestPath(looping, { excluded: { error: 'Old', after: ['A', 'Renew'] } });

      expect(path).toEqual({ seconds: 4, states: ['A', 'Test', 'Done'] });
    });

    it('refuses a loop that stays open', () => {
      const excluded = { error: 'Other', after: ['Renew'] };

      expect(() => longestPath(looping, { excluded })).toThrow('The states from Renew on form a loop');
    });
  });

  it('refuses a state whose time it does not know', () => {
    const waiting = definition({ A: { Type: 'Wait', Seconds: 5, Next: 'Done' } });

    expect(() => longestPath(waiting)).toThrow('it is a Wait state');
  });
});
