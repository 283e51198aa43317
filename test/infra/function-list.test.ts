import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, FUNCTIONS } from '../../infra/function-list.ts';
import rotation from '../../statemachine/rotation.asl.json' with { type: 'json' };

/** The Tasks of the workflow: the placeholder of the function that each runs, and how long it waits for it. */
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
  it('has every folder of functions/ that holds a handler', () => {
    const folders = readdirSync(new URL('../../functions', import.meta.url)).filter(
      name => name !== 'shared',
    );

    expect(new Set(FUNCTION_NAMES)).toEqual(new Set(folders));
  });

  it('has the functions that the workflow runs, by its placeholders, and the one that starts it', () => {
    const placeholders = new Set(TASKS.map(task => task.placeholder));

    expect(placeholders).toEqual(
      new Set(['FetchArn', 'RefreshArn', 'StorePendingArn', 'VerifyArn', 'PromoteArn']),
    );
    expect(FUNCTION_NAMES).toEqual(['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote']);
  });

  it.each(FUNCTION_NAMES.filter(name => name !== 'rotation'))(
    'ends %s before any Task that runs it',
    name => {
      const { constructId, timeoutSeconds } = FUNCTIONS[name];

      const waits = TASKS.filter(task => task.placeholder === `${constructId}Arn`).map(
        task => task.timeoutSeconds,
      );

      expect(Math.min(...waits)).toBeGreaterThan(timeoutSeconds);
      expect(waits).not.toEqual([]);
    },
  );
});
