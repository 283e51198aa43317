import {
  DescribeExecutionCommand,
  ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../functions/fetch/fetch.ts';
import { runExecution } from '../../functions/rotation/run-execution.ts';
import { AWS_CLIENT_LIMITS } from '../../functions/shared/aws-clients.ts';
import { API_TIMEOUT_MS, TOKEN_TIMEOUT_MS, timeoutWithin } from '../../functions/shared/genesys-timeouts.ts';
import { OUTDATED_AFTER_MS } from '../../functions/verify/verify.ts';
import { FUNCTIONS } from '../../infra/function-list.ts';
import { type Definition, parseDefinition } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { longestPath } from './longest-path.ts';

const definition = parseDefinition(definitionText());

/** What a run of the workflow may take, so that the rotation function sees its end. */
const LONGEST_RUN_SECONDS = 50;

/**
 * Tokens that a run itself refreshed are never outdated in it: they are younger than the run, and no run takes as
 * long as it takes them to become so, which is tested below.
 */
const OUTDATED = { error: 'AccessTokenOutdated', after: ['Refresh', 'RefreshPending'] };

/** The longest run from each state: a redrive may begin at any. */
const runs = Object.keys(definition.States).map(startAt => ({
  startAt,
  ...longestPath(definition, { startAt, excluded: OUTDATED }),
}));

/** The shortest life of an access token (Genesys Cloud Resource Center, "Create an OAuth client"). */
const SHORTEST_TOKEN_LIFE_SECONDS = 300;

/** Lambda counts neither the start of a cold function nor the way there and back into the function's time-out. */
const COLD_START_SECONDS = 1;

/** The longest pause of the SDK before it repeats a call that was not answered (standard retry mode). */
const SDK_PAUSE_MS = 50;

const { maxAttempts, requestHandler } = AWS_CLIENT_LIMITS;

/** An AWS call of which no attempt is answered. */
const LONGEST_AWS_CALL_MS = maxAttempts * requestHandler.requestTimeout + (maxAttempts - 1) * SDK_PAUSE_MS;

/**
 * The calls that the rotation function makes before it follows the execution: DescribeSecret, GenerateDataKey,
 * StartExecution.
 */
const CALLS_BEFORE_FOLLOWING = 3;

const tasks = Object.entries(definition.States).flatMap(([state, { Type, TimeoutSeconds, Parameters }]) =>
  Type === 'Task'
    ? [{ state, taskSeconds: TimeoutSeconds ?? 0, ...functionOf(Parameters?.FunctionName) }]
    : [],
);

function functionOf(placeholder: string | undefined): { name: string; functionSeconds: number } {
  const found = Object.entries(FUNCTIONS).find(
    ([, { constructId }]) => placeholder === `\${${constructId}Arn}`,
  );
  if (found === undefined) throw new Error(`No function belongs to ${placeholder}.`);
  return { name: found[0], functionSeconds: found[1].timeoutSeconds };
}

/** The definition with only the one way out of Route. */
function routedTo(route: string): Definition {
  const { Route } = definition.States;
  if (Route === undefined) throw new Error('There is no state Route.');
  const Choices = Route.Choices.filter(({ StringEquals }) => StringEquals === route);
  if (Choices.length !== 1) throw new Error(`${Choices.length} choices of Route lead to ${route}.`);
  return { ...definition, States: { ...definition.States, Route: { ...Route, Choices } } };
}

/** What a function keeps of its time to answer, in ms. */
function timeToAnswerMs(): number {
  const remainingMs = 10_000;
  return remainingMs - timeoutWithin(remainingMs, { getRemainingTimeInMillis: () => remainingMs });
}

describe('the time of a run', () => {
  it.each(runs)(
    'that begins at $startAt is within the window of the rotation function on its longest way',
    ({ seconds }) => {
      expect(seconds).toBeLessThanOrEqual(LONGEST_RUN_SECONDS);
    },
  );

  it.each<[Route, number]>([
    ['refresh', 50],
    ['refreshFound', 41],
    ['storeRecovered', 48],
    ['verifyResumed', 45],
    ['standDown', 10],
    ['rotated', 7],
    ['checkConfiguration', 16],
  ])('that Fetch routes to %s is at most %i s', (route, seconds) => {
    const path = longestPath(routedTo(route), { excluded: OUTDATED });

    expect(path.seconds).toBe(seconds);
  });

  it.each([
    {
      startAt: 'Fetch',
      states: ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'StandDown', 'Superseded'],
    },
    {
      startAt: 'StoreRecovered',
      states: [
        'StoreRecovered',
        'VerifyResumed',
        'RefreshPending',
        'StorePending',
        'Verify',
        'Promote',
        'StandDown',
        'Superseded',
      ],
    },
    {
      startAt: 'StorePending',
      states: [
        'StorePending',
        'Verify',
        'RefreshPending',
        'StorePending',
        'Verify',
        'Promote',
        'StandDown',
        'Superseded',
      ],
    },
    {
      startAt: 'Verify',
      states: ['Verify', 'RefreshPending', 'StorePending', 'Verify', 'Promote', 'StandDown', 'Superseded'],
    },
  ])(
    'that begins at $startAt refreshes outdated tokens at most once, and none of its own',
    ({ startAt, states }) => {
      const run = runs.find(longest => longest.startAt === startAt);

      expect(run?.states).toEqual(states);
    },
  );

  it('is over before the tokens that it refreshed count as outdated', () => {
    const longestSeconds = Math.max(...runs.map(({ seconds }) => seconds));

    expect(OUTDATED_AFTER_MS).toBeGreaterThan(longestSeconds * 1000);
  });

  it('finds tokens outdated that died of age, however short they live', () => {
    expect(OUTDATED_AFTER_MS).toBeLessThan(SHORTEST_TOKEN_LIFE_SECONDS * 1000);
  });

  it('ends long before the execution runs out of time, so that this never ends a refresh', () => {
    expect(definition.TimeoutSeconds).toBeGreaterThanOrEqual(2 * LONGEST_RUN_SECONDS);
  });
});

describe('the time of a Task', () => {
  it.each(tasks)(
    '$state outlasts its function $name, cold starts included',
    ({ taskSeconds, functionSeconds }) => {
      expect(taskSeconds).toBeGreaterThanOrEqual(functionSeconds + COLD_START_SECONDS);
    },
  );

  it.each(tasks)('$state ends before the execution does', ({ taskSeconds }) => {
    expect(taskSeconds).toBeLessThan(definition.TimeoutSeconds ?? 0);
  });
});

describe('the time of a call', () => {
  it.each(tasks)('to AWS leaves the function $name of $state time to answer', ({ functionSeconds }) => {
    expect(LONGEST_AWS_CALL_MS + timeToAnswerMs()).toBeLessThanOrEqual(functionSeconds * 1000);
  });

  it('to the token endpoint is whole even after the slowest reads, which run side by side', () => {
    const leftMs = FUNCTIONS.refresh.timeoutSeconds * 1000 - LONGEST_AWS_CALL_MS;

    const timeoutMs = timeoutWithin(TOKEN_TIMEOUT_MS, { getRemainingTimeInMillis: () => leftMs });

    expect(timeoutMs).toBe(TOKEN_TIMEOUT_MS);
  });

  it('to the API leaves the function verify time to answer', () => {
    expect(API_TIMEOUT_MS + timeToAnswerMs()).toBeLessThanOrEqual(FUNCTIONS.verify.timeoutSeconds * 1000);
  });

  it('to Genesys Cloud ends before a function that has little time left', () => {
    const timeoutMs = timeoutWithin(API_TIMEOUT_MS, { getRemainingTimeInMillis: () => 1_000 });

    expect(timeoutMs).toBe(700);
  });

  it('to AWS is really ended, not just complained about', () => {
    expect(requestHandler.throwOnRequestTimeout).toBe(true);
    expect(requestHandler.connectionTimeout).toBeLessThan(requestHandler.requestTimeout);
  });
});

describe('the time of the rotation function', () => {
  const functionMs = FUNCTIONS.rotation.timeoutSeconds * 1000;
  const stepFunctions = mockAws(SFNClient);

  it('is what one step of a rotation should take at most', () => {
    expect(FUNCTIONS.rotation.timeoutSeconds).toBeLessThanOrEqual(60);
  });

  it('sees the end of the longest execution after the slowest start, and can still answer', async () => {
    let remainingMs = functionMs - CALLS_BEFORE_FOLLOWING * LONGEST_AWS_CALL_MS;
    const endsAtMs = remainingMs - longestPath(definition, { excluded: OUTDATED }).seconds * 1000;
    stepFunctions.on(StartExecutionCommand).resolves({});
    stepFunctions.on(DescribeExecutionCommand).callsFake(({ executionArn }) => ({
      executionArn,
      status: remainingMs > endsAtMs ? ExecutionStatus.RUNNING : ExecutionStatus.SUCCEEDED,
    }));

    const execution = await runExecution(
      {
        rotation: { secretArn: 'secret-arn', secretName: 'secret', clientRequestToken: 'version' },
        purpose: 'rotate',
        sealedRotationToken: null,
        baseVersionId: 'base',
      },
      {
        stepFunctions: new SFNClient(),
        stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:rotation',
        sleep: async ms => {
          remainingMs -= ms;
        },
        random: () => 1,
        remainingMs: () => remainingMs,
      },
    );

    expect(execution).toMatch(/^arn:aws:states:eu-central-1:111122223333:execution:rotation:secret-/);
    expect(remainingMs).toBeGreaterThanOrEqual(LONGEST_AWS_CALL_MS);
  });
});
