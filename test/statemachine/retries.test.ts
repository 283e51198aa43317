import { describe, expect, it } from 'vitest';
import { failure, runWorkflow } from './run-workflow.ts';
import { INPUT, REFRESH, REFRESH_PENDING, refreshed, THROUGH } from './scripts.ts';

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
  VerifyResumed: [],
  RefreshPending: [],
  StorePending: [...FAULTS, ...KMS_FAULTS],
  Verify: [...FAULTS, 'GenesysRateLimited', 'GenesysUnavailable', 'ResourceNotFoundException'],
  Promote: FAULTS,
  StandDown: [],
  CheckConfiguration: [
    ...FAULTS,
    'GenesysRateLimited',
    'GenesysUnavailable',
    'GenesysAnswerLost',
    'ResourceNotFoundException',
  ],
};

/** Errors that each Task recovers from by another way. */
const CAUGHT: Readonly<Record<string, string>> = {
  VerifyResumed: 'AccessTokenRejected',
  StorePending: 'CurrentVersionMoved',
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
  'AccessTokenForbidden',
  'AccessDeniedException',
  'ResourceNotFoundException',
  'InvalidRequestException',
  'KMSInvalidStateException',
  'Lambda.ResourceNotFoundException',
  'Runtime.ImportModuleError',
  'Error',
];

const TASKS = Object.keys(THROUGH);
const retries = TASKS.flatMap(task => (RETRIED[task] ?? []).map(error => ({ task, error })));
const failures = TASKS.flatMap(task =>
  [...FAULTS, ...KMS_FAULTS, ...OTHERS]
    .filter(error => !RETRIED[task]?.includes(error) && CAUGHT[task] !== error)
    .map(error => ({ task, error })),
);

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
  ])('tells $task how often the execution was redriven', async ({ task, script }) => {
    const run = await runWorkflow(script, INPUT, { RedriveCount: 2 });

    expect(run.calls.find(call => call.state === task)?.payload).toMatchObject({ redriveCount: 2 });
  });
});

describe('retries', () => {
  it.each(retries)('$task goes on after one $error', async ({ task, error }) => {
    const script = THROUGH[task] ?? {};

    const run = await runWorkflow({ ...script, [task]: [failure(error), ...(script[task] ?? [])] }, INPUT);

    expect(run.failure).toBeUndefined();
    expect(run.calls.filter(call => call.state === task)).toHaveLength(2);
  });

  it.each(retries)('$task fails after the second $error', async ({ task, error }) => {
    const script = { ...THROUGH[task], [task]: [failure(error), failure(error)] };

    const run = await runWorkflow(script, INPUT);

    expect(run.failure).toEqual({ state: task, error });
    expect(run.calls.filter(call => call.state === task)).toHaveLength(2);
  });

  it.each(failures)('$task fails with $error at the first time', async ({ task, error }) => {
    const run = await runWorkflow({ ...THROUGH[task], [task]: [failure(error)] }, INPUT);

    expect(run.failure).toEqual({ state: task, error });
    expect(run.calls.filter(call => call.state === task)).toHaveLength(1);
  });
});
