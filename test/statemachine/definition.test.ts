import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { TASK_FUNCTIONS } from '../../infra/function-list.ts';
import { parseDefinition, type Transition, transitions } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { filledDefinition } from './run-workflow.ts';

const definition = parseDefinition(definitionText());
const states = Object.entries(definition.States).map(([name, state]) => ({ name, ...state }));
const ways = transitions(definition);
const tasks = states.filter(({ Type }) => Type === 'Task');

/** The states that these ways lead to from a state, by one step or more. */
function reachedFrom(start: string, open: readonly Transition[]): ReadonlySet<string> {
  const found = new Set(open.filter(({ from }) => from === start).map(({ to }) => to));
  // A set that grows while it is walked through is walked through to its new end.
  for (const name of found) for (const { from, to } of open) if (from === name) found.add(to);
  return found;
}

/** The states that these ways lead back to. */
function loopingStates(open: readonly Transition[]): readonly string[] {
  return states.map(({ name }) => name).filter(name => reachedFrom(name, open).has(name));
}

describe('the definition', () => {
  it('is valid once its placeholders are filled in', () => {
    expect(() => new StateMachine(filledDefinition())).not.toThrow();
  });

  it('holds the placeholders that the stack fills in, and no others', () => {
    const placeholders = new Set([...definitionText().matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));

    expect(placeholders).toEqual(
      new Set(['Partition', ...Object.values(TASK_FUNCTIONS).map(({ constructId }) => `${constructId}Arn`)]),
    );
  });

  it('is written in JSONPath', () => {
    expect(definition.QueryLanguage).toBe('JSONPath');
  });

  it('reaches every state', () => {
    const reached = reachedFrom(definition.StartAt, ways);

    expect(new Set([definition.StartAt, ...reached])).toEqual(new Set(states.map(({ name }) => name)));
  });

  it('has only states that a redrive can go on from: no Fail, no Wait, no Parallel', () => {
    expect([...new Set(states.map(({ Type }) => Type))]).toEqual(['Task', 'Choice', 'Succeed']);
  });

  it('leads back to a state only by tokens that are outdated', () => {
    const others = ways.filter(({ label }) => label !== 'AccessTokenOutdated');

    expect(loopingStates(ways)).toEqual(['RefreshPending', 'StorePending', 'Verify']);
    expect(loopingStates(others)).toEqual([]);
  });

  it('recovers only where it really can', () => {
    const caught = ways.filter(({ kind }) => kind === 'catch');

    expect(caught).toEqual([
      { from: 'StoreRecovered', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
      { from: 'VerifyResumed', to: 'RefreshPending', kind: 'catch', label: 'AccessTokenRejected' },
      { from: 'RefreshPending', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
      { from: 'StorePending', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
      { from: 'Verify', to: 'RefreshPending', kind: 'catch', label: 'AccessTokenOutdated' },
      { from: 'Promote', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
    ]);
  });
});

describe('every state', () => {
  it('says in its comment what a redrive does', () => {
    const silent = states.filter(({ Comment }) => !/redrive/i.test(Comment ?? ''));

    expect(silent).toEqual([]);
  });

  it('matches errors by name, never all of them', () => {
    const names = states.flatMap(({ Retry, Catch }) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    );

    expect(names).not.toContain('States.ALL');
    expect(names).not.toContain('States.TaskFailed');
  });
});

describe('every Task', () => {
  it('invokes a function with the optimized integration', () => {
    const resources = new Set(tasks.map(({ Resource }) => Resource));

    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholder
    expect(resources).toEqual(new Set(['arn:${Partition}:states:::lambda:invoke']));
  });

  it('has a time-out', () => {
    const endless = tasks.filter(({ TimeoutSeconds = 0 }) => TimeoutSeconds <= 0);

    expect(endless).toEqual([]);
  });

  it('spreads its retries', () => {
    const strategies = new Set(
      tasks.flatMap(({ Retry }) => Retry.map(({ JitterStrategy }) => JitterStrategy)),
    );

    expect(strategies).toEqual(new Set(['FULL']));
  });
});
