import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { TASK_FUNCTIONS } from '../../infra/function-list.ts';
import { parseDefinition, type Transition, transitions } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { filledDefinition } from './run-workflow.ts';

const definition = parseDefinition(definitionText());
const states = Object.entries(definition.States).map(([name, state]) => ({ name, ...state }));
const allTransitions = transitions(definition);
const tasks = states.filter(({ Type }) => Type === 'Task');

/** The states that these transitions reach from a state. */
function reachedFrom(start: string, among: readonly Transition[]): ReadonlySet<string> {
  const found = new Set(among.filter(({ from }) => from === start).map(({ to }) => to));
  // An iteration over a set also reaches the members that are added during it.
  for (const name of found) for (const { from, to } of among) if (from === name) found.add(to);
  return found;
}

/** The states that these transitions lead back to. */
function loopingStates(among: readonly Transition[]): readonly string[] {
  return states.map(({ name }) => name).filter(name => reachedFrom(name, among).has(name));
}

describe('the definition', () => {
  it('is valid once its placeholders are filled in', () => {
    expect(() => new StateMachine(filledDefinition())).not.toThrow();
  });

  it('contains exactly the placeholders that the stack fills in', () => {
    const placeholders = new Set([...definitionText().matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));

    expect(placeholders).toEqual(
      new Set(['Partition', ...Object.values(TASK_FUNCTIONS).map(({ constructId }) => `${constructId}Arn`)]),
    );
  });

  it('is written in JSONPath', () => {
    expect(definition.QueryLanguage).toBe('JSONPath');
  });

  it('reaches every state', () => {
    const reached = reachedFrom(definition.StartAt, allTransitions);

    expect(new Set([definition.StartAt, ...reached])).toEqual(new Set(states.map(({ name }) => name)));
  });

  it('has only states that a redrive can resume: no Fail, no Wait, no Parallel', () => {
    expect([...new Set(states.map(({ Type }) => Type))]).toEqual(['Task', 'Choice', 'Succeed']);
  });

  it('returns to a state only after a caught error', () => {
    const uncaught = allTransitions.filter(({ kind }) => kind !== 'catch');

    expect(loopingStates(allTransitions)).toEqual(['StorePending', 'Verify', 'Promote', 'RefreshAgain']);
    expect(loopingStates(uncaught)).toEqual([]);
  });

  it('exchanges another token in a cycle only when the current pair has expired', () => {
    const others = allTransitions.filter(({ label }) => label !== 'AccessTokenExpired');

    expect(loopingStates(others)).toEqual(['StorePending', 'Verify', 'Promote']);
  });

  it('catches exactly these errors', () => {
    const caught = allTransitions.filter(({ kind }) => kind === 'catch');

    expect(caught).toEqual([
      { from: 'Refresh', to: 'Failover', kind: 'catch', label: 'AlternateGrantRejected' },
      { from: 'StorePending', to: 'StandDown', kind: 'catch', label: 'NewerLogin' },
      { from: 'StorePending', to: 'RefreshAgain', kind: 'catch', label: 'AccessTokenExpired' },
      { from: 'Verify', to: 'RefreshAgain', kind: 'catch', label: 'AccessTokenExpired' },
      {
        from: 'Verify',
        to: 'StorePending',
        kind: 'catch',
        label: 'CurrentVersionMoved, PendingVersionMissing',
      },
      { from: 'Promote', to: 'RefreshAgain', kind: 'catch', label: 'AccessTokenExpired' },
      {
        from: 'Promote',
        to: 'StorePending',
        kind: 'catch',
        label: 'CurrentVersionMoved, PendingVersionMissing',
      },
      { from: 'RefreshAgain', to: 'StandDown', kind: 'catch', label: 'NewerLogin' },
    ]);
  });

  it('promotes only versions that it has verified after storing them', () => {
    const withoutVerify = allTransitions.filter(({ from }) => from !== 'Verify');

    expect(reachedFrom('StorePending', withoutVerify)).not.toContain('Promote');
    expect(allTransitions.filter(({ to }) => to === 'Promote').map(({ from }) => from)).toEqual(['Verify']);
    expect(allTransitions.filter(({ to }) => to === 'Verify').map(({ from }) => from)).toEqual([
      'StorePending',
    ]);
  });
});

describe('every state', () => {
  it('describes in its comment what a redrive does', () => {
    const undescribed = states.filter(({ Comment }) => !/redrive/i.test(Comment ?? ''));

    expect(undescribed).toEqual([]);
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

  it('has a timeout', () => {
    const unlimited = tasks.filter(({ TimeoutSeconds = 0 }) => TimeoutSeconds <= 0);

    expect(unlimited).toEqual([]);
  });

  it('uses jitter in its retries, except those that wait for a deadline', () => {
    const strategies = tasks.flatMap(({ Retry }) =>
      Retry.map(
        ({ ErrorEquals, JitterStrategy }) =>
          `${ErrorEquals.includes('ExchangeInProgress')} ${JitterStrategy}`,
      ),
    );

    expect(new Set(strategies)).toEqual(new Set(['false FULL', 'true NONE']));
  });
});
