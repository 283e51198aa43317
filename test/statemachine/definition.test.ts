import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../infra/function-list.ts';
import { definitionText, parseDefinition, transitions } from '../../statemachine/definition.ts';
import { filledDefinition } from './run-workflow.ts';

const definition = parseDefinition(definitionText());
const states = Object.entries(definition.States).map(([name, state]) => ({ name, ...state }));
const tasks = states.filter(({ Type }) => Type === 'Task');

function reachable(): ReadonlySet<string> {
  const ways = transitions(definition);
  const found = new Set([definition.StartAt]);
  // A set that grows while it is walked through is walked through to its new end.
  for (const name of found) for (const { from, to } of ways) if (from === name) found.add(to);
  return found;
}

describe('the definition', () => {
  it('is valid once its placeholders are filled in', () => {
    expect(() => new StateMachine(filledDefinition())).not.toThrow();
  });

  it('holds the placeholders that the stack fills in, and no others', () => {
    const placeholders = new Set([...definitionText().matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));

    const { rotation, ...taskFunctions } = FUNCTIONS;
    expect(placeholders).not.toContain(`${rotation.constructId}Arn`);
    expect(placeholders).toEqual(
      new Set(['Partition', ...Object.values(taskFunctions).map(({ constructId }) => `${constructId}Arn`)]),
    );
  });

  it('is written in JSONPath', () => {
    expect(definition.QueryLanguage).toBe('JSONPath');
  });

  it('reaches every state', () => {
    expect(reachable()).toEqual(new Set(states.map(({ name }) => name)));
  });

  it('has only states that a redrive can go on from: no Fail, no Wait, no Parallel', () => {
    expect([...new Set(states.map(({ Type }) => Type))]).toEqual(['Task', 'Choice', 'Succeed']);
  });

  it('recovers only where it really can', () => {
    const caught = transitions(definition).filter(({ kind }) => kind === 'catch');

    expect(caught).toEqual([
      { from: 'VerifyResumed', to: 'RefreshPending', kind: 'catch', label: 'AccessTokenRejected' },
      { from: 'StorePending', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
      { from: 'Promote', to: 'StandDown', kind: 'catch', label: 'CurrentVersionMoved' },
    ]);
  });
});

describe('every state', () => {
  it.each(states)('$name says in its comment what a redrive does', ({ Comment }) => {
    expect(Comment).toMatch(/redrive/i);
  });

  it.each(states)('$name matches errors by name, never all of them', ({ Retry, Catch }) => {
    const names = [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals);

    expect(names).not.toContain('States.ALL');
    expect(names).not.toContain('States.TaskFailed');
  });
});

describe('every Task', () => {
  it.each(tasks)('$name invokes a function with the optimized integration', ({ Resource }) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholder
    expect(Resource).toBe('arn:${Partition}:states:::lambda:invoke');
  });

  it.each(tasks)('$name has a time-out', ({ TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
  });

  it.each(tasks.filter(({ Retry }) => Retry.length > 0))('$name spreads its retries', ({ Retry }) => {
    expect(Retry.map(({ JitterStrategy }) => JitterStrategy)).toEqual(Retry.map(() => 'FULL'));
  });
});
