import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, OPERATIONS_FUNCTIONS, TASK_FUNCTIONS } from '../../infra/function-list.ts';
import { NAME_PREFIX } from '../../infra/validation.ts';
import rotation from '../../statemachine/rotation.asl.json' with { type: 'json' };

/** The placeholder of the function and the timeout of each Task of the workflow. */
const TASKS = Object.values(rotation.States).flatMap(state =>
  'Parameters' in state
    ? [
        {
          placeholder: state.Parameters.FunctionName.slice('${'.length, -1),
          timeoutSeconds: state.TimeoutSeconds,
        },
      ]
    : [],
);

describe('FUNCTIONS', () => {
  it('has every folder of functions/ that contains a handler', () => {
    const folders = readdirSync(new URL('../../functions', import.meta.url)).filter(
      name => name !== 'shared',
    );

    expect(new Set(FUNCTION_NAMES)).toEqual(new Set(folders));
  });

  it('has the function that starts the workflow, those that the workflow runs, and those that monitor it', () => {
    expect(FUNCTION_NAMES).toEqual([
      'rotation',
      ...Object.keys(TASK_FUNCTIONS),
      ...Object.keys(OPERATIONS_FUNCTIONS),
    ]);
    expect(Object.keys(OPERATIONS_FUNCTIONS)).toEqual(['notify', 'overdue-check']);
  });

  it('has the functions that the workflow runs, by its placeholders', () => {
    const placeholders = new Set(TASKS.map(task => task.placeholder));

    expect(placeholders).toEqual(
      new Set(['FetchArn', 'RefreshArn', 'StorePendingArn', 'VerifyArn', 'PromoteArn', 'PublishArn']),
    );
    expect(Object.keys(TASK_FUNCTIONS)).toEqual([
      'fetch',
      'refresh',
      'store-pending',
      'verify',
      'promote',
      'publish',
    ]);
  });

  it.each(Object.entries(TASK_FUNCTIONS))(
    'gives %s a timeout shorter than that of any Task that runs it',
    (_name, settings) => {
      const { constructId, timeoutSeconds } = settings;

      const waits = TASKS.filter(task => task.placeholder === `${constructId}Arn`).map(
        task => task.timeoutSeconds,
      );

      expect(Math.min(...waits)).toBeGreaterThan(timeoutSeconds);
      expect(waits).not.toEqual([]);
    },
  );

  it.each(FUNCTION_NAMES)('leaves room for %s after the longest prefix', name => {
    expect(NAME_PREFIX.longest + `-${name}`.length).toBeLessThanOrEqual(64);
  });
});
