import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { CLAIM_MARGIN_MS } from '../../functions/promote/promote.ts';
import { DEADLINE_MARGIN_MS, RECORD_RESERVE_MS } from '../../functions/refresh/refresh.ts';
import { RESPONSE_RESERVE_MS } from '../../functions/rotation/await-execution.ts';
import { runExecution } from '../../functions/rotation/run-execution.ts';
import { AWS_CLIENT_LIMITS } from '../../functions/shared/aws-clients.ts';
import { API_TIMEOUT_MS, TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import { MAX_READ_LAG_MS, MAX_REREADS } from '../../functions/shared/secrets/secret-versions.ts';
import { FRESH_MS } from '../../functions/verify/verify.ts';
import { FUNCTIONS, TASK_FUNCTIONS, type TaskFunctionName } from '../../infra/function-list.ts';
import { parseDefinition } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { RUN_REQUEST } from '../helpers/run-request.ts';
import { BASE_VERSION, secretDescription, VERSION } from '../helpers/secret.ts';

const definition = parseDefinition(definitionText());

/** The limits of each Task, from the innermost to the outermost, in ms; 0 if it does not call Genesys Cloud. */
const LIMITS = [
  { task: 'Fetch', runs: 'fetch', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'Refresh', runs: 'refresh', httpMs: TOKEN_TIMEOUT_MS, functionMs: 30_000, taskMs: 41_000 },
  { task: 'Failover', runs: 'refresh', httpMs: TOKEN_TIMEOUT_MS, functionMs: 30_000, taskMs: 41_000 },
  { task: 'StorePending', runs: 'store-pending', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'Verify', runs: 'verify', httpMs: API_TIMEOUT_MS, functionMs: 18_000, taskMs: 29_000 },
  { task: 'Promote', runs: 'promote', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'Publish', runs: 'publish', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'RefreshAgain', runs: 'refresh', httpMs: TOKEN_TIMEOUT_MS, functionMs: 30_000, taskMs: 41_000 },
  { task: 'StandDown', runs: 'promote', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'PublishNewerLogin', runs: 'publish', httpMs: 0, functionMs: 15_000, taskMs: 26_000 },
  { task: 'CheckConfiguration', runs: 'verify', httpMs: API_TIMEOUT_MS, functionMs: 18_000, taskMs: 29_000 },
] as const;

/** Lambda initialises a function for up to this long before its own timeout begins (AWS Lambda Developer Guide). */
const INITIALISATION_MS = 10_000;

/** The shortest lifetime of an access token (Genesys Cloud Resource Center, "Create an OAuth client"). */
const MIN_LIFETIME_MS = 300_000;

const { maxAttempts, requestHandler } = AWS_CLIENT_LIMITS;

/** The longest pauses of the SDK before it retries a call: after no response, and after throttling. */
const REPEAT_PAUSE_MS = 50;
const THROTTLED_PAUSE_MS = 1_000;

/** The longest time of one AWS call: both attempts are throttled by a response that arrives just in time. */
const MAX_AWS_CALL_MS = maxAttempts * requestHandler.requestTimeout + THROTTLED_PAUSE_MS;

/** How much longer a call takes when its first attempt gets no response. */
const REPEATED_MS = requestHandler.requestTimeout + REPEAT_PAUSE_MS;

/** The time of stale reads: each takes 100 ms after its pause. */
const REREADS_MS = MAX_READ_LAG_MS + MAX_REREADS * 100;

/**
 * The sequential AWS calls on the longest path of a function: before its call to Genesys Cloud, if it makes one, and
 * after it. Parallel calls count once.
 */
const AWS_CALLS: Readonly<Record<TaskFunctionName, { readonly before: number; readonly after: number }>> = {
  // Labels in parallel with AWSCURRENT, the removal of a label, the labels again.
  fetch: { before: 0, after: 3 },
  // AWSCURRENT, two or three items, another execution, the newest pair, the data key, the mark; then the record.
  refresh: { before: 8, after: 1 },
  // Its reads, two records, up to three items of the logins, four writes, the labels, their move, the labels again.
  'store-pending': { before: 0, after: 13 },
  // The pending version; then AWSCURRENT.
  verify: { before: 1, after: 1 },
  // Labels in parallel with the claim, the move, the labels again.
  promote: { before: 0, after: 3 },
  // Labels, the value, the write, the published labels, their move, the labels again.
  publish: { before: 0, after: 6 },
};

describe('the limits of a Task', () => {
  it('are written out for every Task', () => {
    const tasks = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task');

    expect(LIMITS.map(({ task }) => task)).toEqual(tasks.map(([name]) => name));
  });

  it.each(LIMITS)('of $task are these', ({ task, runs, functionMs, taskMs }) => {
    const { Parameters, TimeoutSeconds = 0 } = definition.States[task] ?? {};
    const { constructId, timeoutSeconds } = TASK_FUNCTIONS[runs];

    expect(Parameters?.FunctionName).toBe(`\${${constructId}Arn}`);
    expect(timeoutSeconds * 1_000).toBe(functionMs);
    expect(TimeoutSeconds * 1_000).toBe(taskMs);
  });

  it.each(LIMITS)(
    'of $task are nested: HTTP, function, Task minus the initialisation, execution',
    ({ httpMs, functionMs, taskMs }) => {
      const executionMs = (definition.TimeoutSeconds ?? 0) * 1_000;

      expect(httpMs).toBeLessThan(functionMs);
      expect(functionMs).toBeLessThan(taskMs - INITIALISATION_MS);
      expect(taskMs).toBeLessThan(executionMs);
    },
  );

  it('are far below the timeout of the execution, even when all are added', () => {
    const allMs = LIMITS.reduce((sum, { taskMs }) => sum + taskMs, 0);

    expect(definition.TimeoutSeconds).toBe(3_600);
    expect(10 * allMs).toBeLessThan(3_600_000);
  });
});

describe('the AWS calls of a function', () => {
  it.each(LIMITS.filter(({ runs }) => runs !== 'refresh'))(
    'leave $task time to report the failure of the last one when all others and Genesys Cloud take their full time',
    ({ runs, httpMs, functionMs }) => {
      const { before, after } = AWS_CALLS[runs];
      const othersMs = (before + after - 1) * requestHandler.requestTimeout;

      expect(functionMs - httpMs - othersMs - MAX_AWS_CALL_MS).toBeGreaterThan(0);
    },
  );

  it.each(LIMITS.filter(({ runs }) => runs !== 'refresh'))(
    'leave $task time for one series of stale reads',
    ({ runs, httpMs, functionMs }) => {
      const { before, after } = AWS_CALLS[runs];
      const callsMs = (before + after) * requestHandler.requestTimeout;

      expect(functionMs - httpMs - callsMs - REREADS_MS).toBeGreaterThan(0);
    },
  );

  it.each([
    { calls: AWS_CALLS.refresh.before, repeated: 0 },
    // Without another execution to read, one call may get its response in the second attempt.
    { calls: AWS_CALLS.refresh.before - 1, repeated: 1 },
  ])(
    'leave the token endpoint its timeout after $calls of the slowest calls, $repeated of them retried',
    ({ calls, repeated }) => {
      const callsMs = calls * requestHandler.requestTimeout + repeated * REPEATED_MS;

      expect(FUNCTIONS.refresh.timeoutSeconds * 1_000 - RECORD_RESERVE_MS - callsMs).toBeGreaterThanOrEqual(
        TOKEN_TIMEOUT_MS,
      );
    },
  );

  it('leave Refresh time to record the pair after the response, even when that call is retried', () => {
    expect(MAX_AWS_CALL_MS).toBeLessThan(RECORD_RESERVE_MS);
  });

  it('end at their timeout and are retried once', () => {
    expect(requestHandler).toEqual({
      connectionTimeout: 500,
      requestTimeout: 800,
      throwOnRequestTimeout: true,
    });
    expect(maxAttempts).toBe(2);
  });
});

describe('the deadline of an exchange', () => {
  /** The waits of Step Functions after ExchangeInProgress, without jitter. */
  const waitsMs = (['Refresh', 'Failover', 'RefreshAgain'] as const).map(task => {
    const retrier = definition.States[task]?.Retry.find(({ ErrorEquals }) =>
      ErrorEquals.includes('ExchangeInProgress'),
    );
    const { IntervalSeconds = 0, BackoffRate = 0, MaxAttempts = 0, MaxDelaySeconds = 0 } = retrier ?? {};
    return Array.from({ length: MaxAttempts }, (_, attempt) =>
      Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
    ).reduce((sum, seconds) => sum + seconds * 1_000, 0);
  });

  const longestDeadlineMs = FUNCTIONS.refresh.timeoutSeconds * 1_000 + DEADLINE_MARGIN_MS;

  it('is after the timeout of the function, even if clocks differ by a second', () => {
    expect(DEADLINE_MARGIN_MS).toBeGreaterThan(1_000);
  });

  it('passes twice while Step Functions retries ExchangeInProgress', () => {
    for (const waitMs of waitsMs) expect(waitMs).toBeGreaterThan(2 * longestDeadlineMs);
  });

  it('is later than that of a claim, so these retries also outlast a Promote', () => {
    const longestClaimMs = FUNCTIONS.promote.timeoutSeconds * 1_000 + CLAIM_MARGIN_MS;

    expect(longestClaimMs).toBeLessThan(longestDeadlineMs);
  });
});

describe('the age at which a refused token counts as expired', () => {
  it('is longer than the time from Refresh to Verify without retries', () => {
    const durationMs =
      TASK_FUNCTIONS['store-pending'].timeoutSeconds * 1_000 + API_TIMEOUT_MS + INITIALISATION_MS;

    expect(durationMs).toBeLessThan(FRESH_MS);
  });

  it('is shorter than any lifetime, so an expired token is never reported as rejected', () => {
    expect(FRESH_MS).toBeLessThan(MIN_LIFETIME_MS);
  });
});

describe('the time of the rotation function', () => {
  const functionMs = FUNCTIONS.rotation.timeoutSeconds * 1_000;
  const stepFunctions = mockAws(SFNClient);
  const secrets = mockAws(SecretsManagerClient);

  /** DescribeSecret, GenerateDataKey, StartExecution. */
  const CALLS_BEFORE_WAITING = 3;

  it('is one minute', () => {
    expect(functionMs).toBe(60_000);
  });

  it.each([
    { call: 'the token endpoint', genesysMs: TOKEN_TIMEOUT_MS },
    { call: 'the API', genesysMs: API_TIMEOUT_MS },
  ])(
    'is long enough for a rotation in which $call takes its full time, with the slowest start and 20 s for everything else',
    async ({ genesysMs }) => {
      let remainingMs = functionMs - CALLS_BEFORE_WAITING * MAX_AWS_CALL_MS;
      const endsAtMs = remainingMs - genesysMs - 20_000;
      stepFunctions.on(StartExecutionCommand).resolves({});
      stepFunctions.on(DescribeExecutionCommand).callsFake(({ executionArn }) => ({
        executionArn,
        status: remainingMs > endsAtMs ? ExecutionStatus.RUNNING : ExecutionStatus.SUCCEEDED,
      }));
      secrets.on(DescribeSecretCommand).callsFake(() =>
        secretDescription({
          VersionIdsToStages:
            remainingMs > endsAtMs
              ? { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] }
              : { [BASE_VERSION]: ['AWSPREVIOUS'], [VERSION]: ['AWSCURRENT'] },
        }),
      );

      const execution = await runExecution(RUN_REQUEST, {
        stepFunctions: new SFNClient(),
        secrets: new SecretsManagerClient(),
        stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:rotation',
        sleep: async ms => {
          remainingMs -= ms;
        },
        random: () => 1,
        remainingMs: () => remainingMs,
      });

      expect(execution).toMatch(/^arn:aws:states:eu-central-1:111122223333:execution:rotation:genesys-/);
      expect(remainingMs).toBeGreaterThanOrEqual(RESPONSE_RESERVE_MS);
    },
  );
});
