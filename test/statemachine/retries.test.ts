import { describe, expect, it } from 'vitest';
import { failure, redriveWorkflow, runWorkflow, type Script } from './run-workflow.ts';
import { INPUT, REFRESH, REFRESH_FOUND, REFRESH_PENDING, refreshed, THROUGH } from './scripts.ts';

const LAMBDA_FAULTS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
];
const SDK_FAULTS = ['ThrottlingException', 'TimeoutError'];
const SECRETS_MANAGER_FAULTS = ['InternalServiceError'];
const KMS_FAULTS = ['KMSInternalException', 'KeyUnavailableException', 'DependencyTimeoutException'];
const FAULTS = [...LAMBDA_FAULTS, ...SDK_FAULTS, ...SECRETS_MANAGER_FAULTS];

/** What each Task tries once more; nothing else is tried again. */
const RETRIED: Readonly<Record<string, readonly string[]>> = {
  Fetch: FAULTS,
  Refresh: [...FAULTS, ...KMS_FAULTS, 'GenesysRateLimited', 'GenesysUnavailable', 'GenesysAnswerLost'],
  StoreRecovered: [],
  VerifyResumed: [],
  RefreshPending: [],
  StorePending: [...FAULTS, ...KMS_FAULTS],
  Verify: [...FAULTS, 'GenesysRateLimited', 'GenesysUnavailable', 'ResourceNotFoundException'],
  Promote: FAULTS,
  StandDown: [],
  CheckConfiguration: [...FAULTS, 'GenesysRateLimited', 'GenesysUnavailable', 'ResourceNotFoundException'],
};

/** Errors that each Task recovers from by another way. */
const CAUGHT: Readonly<Record<string, string>> = {
  StoreRecovered: 'CurrentVersionMoved',
  VerifyResumed: 'AccessTokenRejected',
  RefreshPending: 'CurrentVersionMoved',
  StorePending: 'CurrentVersionMoved',
  Verify: 'AccessTokenOutdated',
  Promote: 'CurrentVersionMoved',
};

/** Errors of the functions, and faults that a repetition a second later does not mend. */
const OTHERS = [
  'InvalidRotationRequest',
  'SecretNotFound',
  'InvalidSecret',
  'RefreshTokenRejected',
  'ClientRejected',
  'GenesysRateLimited',
  'GenesysUnavailable',
  'GenesysAnswerLost',
  'CurrentVersionMoved',
  'AccessTokenRejected',
  'AccessTokenOutdated',
  'AccessTokenForbidden',
  'AccessDeniedException',
  'ResourceNotFoundException',
  'InvalidRequestException',
  'KMSInvalidStateException',
  'Lambda.ResourceNotFoundException',
  'Runtime.ImportModuleError',
  'Error',
];

const ERRORS = [...FAULTS, ...KMS_FAULTS, ...OTHERS];

/** Each Task, with the errors that it tries again after, and those that it neither tries again nor recovers from. */
const TASKS = THROUGH.map(way => {
  const retried = RETRIED[way.task] ?? [];
  const fatal = ERRORS.filter(error => !retried.includes(error) && CAUGHT[way.task] !== error);
  return { ...way, retried, fatal };
});
const RETRYING = TASKS.filter(({ retried }) => retried.length > 0);

/** Runs the workflow once for each error that the Task may report, and tells how often the Task was called. */
function reportEach(
  { task, script, input }: (typeof THROUGH)[number],
  errors: readonly string[],
  answersTo: (error: string) => Script[string],
) {
  return Promise.all(
    errors.map(async error => {
      const run = await runWorkflow({ ...script, [task]: answersTo(error) }, input);
      return { error, calls: run.calls.filter(call => call.state === task).length, failure: run.failure };
    }),
  );
}

describe('a repeated refresh', () => {
  it('tells the function how often it was tried before', async () => {
    const run = await runWorkflow({ ...REFRESH, Refresh: [failure('GenesysAnswerLost'), refreshed] }, INPUT);

    expect(run.calls.slice(1, 3).map(call => call.payload)).toMatchObject([
      { retryCount: 0 },
      { retryCount: 1 },
    ]);
  });

  it.each([
    { task: 'Refresh', script: REFRESH },
    { task: 'RefreshPending', script: REFRESH_PENDING },
    { task: 'RefreshPending', script: REFRESH_FOUND },
  ])('tells $task how often the execution was redriven', async ({ task, script }) => {
    const failed = await runWorkflow({ ...script, [task]: [failure('ClientRejected')] }, INPUT);

    const redriven = await redriveWorkflow(failed, script);

    expect(failed.calls.at(-1)?.payload).toMatchObject({ state: task, redriveCount: 0 });
    expect(redriven.calls[0]?.payload).toMatchObject({ state: task, redriveCount: 1 });
  });
});

describe('retries', () => {
  it.each(RETRYING)('$task goes on after one fault that passes', async ({ retried, ...way }) => {
    const succeeds = way.script[way.task] ?? [];

    const runs = await reportEach(way, retried, error => [failure(error), ...succeeds]);

    expect(runs).toEqual(retried.map(error => ({ error, calls: 2, failure: undefined })));
  });

  it.each(RETRYING)('$task fails after the second fault', async ({ retried, ...way }) => {
    const runs = await reportEach(way, retried, error => [failure(error), failure(error)]);

    expect(runs).toEqual(retried.map(error => ({ error, calls: 2, failure: { state: way.task, error } })));
  });

  it.each(TASKS)('$task fails at the first time with any other error', async ({ fatal, ...way }) => {
    const runs = await reportEach(way, fatal, error => [failure(error)]);

    expect(runs).toEqual(fatal.map(error => ({ error, calls: 1, failure: { state: way.task, error } })));
  });
});
