import { describe, expect, it } from 'vitest';
import { parseFetchRequest } from '../../functions/fetch/fetch-request.ts';
import { parsePromoteRequest } from '../../functions/promote/promote-request.ts';
import { parseRefreshRequest } from '../../functions/refresh/refresh-request.ts';
import { parseStorePendingRequest } from '../../functions/store-pending/store-pending-request.ts';
import { parseVerifyRequest } from '../../functions/verify/verify-request.ts';
import { failure, payload, redriveWorkflow, runWorkflow } from './run-workflow.ts';
import { CHECK, INPUT, OUTDATED, REFRESH, REFRESH_PENDING, RESUME, STAND_DOWN, THROUGH } from './scripts.ts';

/** What every function but Fetch is told. */
const COMMON = { secretArn: 'secret-arn', versionId: 'own-version', execution: 'execution-arn' };

/** Which function each Task calls, what it hands over, and how that function reads it. */
const REQUESTS: readonly {
  readonly task: string;
  readonly functionName: string;
  readonly request: object;
  readonly parse: (event: unknown) => object;
}[] = [
  {
    task: 'Fetch',
    functionName: 'Fetch',
    request: { input: INPUT, execution: 'execution-arn', state: 'Fetch' },
    parse: parseFetchRequest,
  },
  {
    task: 'Refresh',
    functionName: 'Refresh',
    request: { ...COMMON, source: 'current', retryCount: 0, redriveCount: 0, state: 'Refresh' },
    parse: parseRefreshRequest,
  },
  {
    task: 'VerifyResumed',
    functionName: 'Verify',
    request: {
      ...COMMON,
      mode: 'verify',
      pendingVersionId: 'fetched-pending',
      refreshedAt: null,
      state: 'VerifyResumed',
    },
    parse: parseVerifyRequest,
  },
  {
    task: 'RefreshPending',
    functionName: 'Refresh',
    request: {
      ...COMMON,
      source: 'pending',
      pendingVersionId: 'fetched-pending',
      baseVersionId: 'fetched-base',
      retryCount: 0,
      redriveCount: 0,
      state: 'RefreshPending',
    },
    parse: parseRefreshRequest,
  },
  {
    task: 'StorePending',
    functionName: 'StorePending',
    request: {
      ...COMMON,
      baseVersionId: 'refreshed-base',
      sealedValue: 'sealed-value',
      sealedRotationToken: 'sealed-rotation-token',
      state: 'StorePending',
    },
    parse: parseStorePendingRequest,
  },
  {
    task: 'Verify',
    functionName: 'Verify',
    request: {
      ...COMMON,
      mode: 'verify',
      pendingVersionId: 'stored-pending',
      refreshedAt: '2030-01-01T00:00:00.000Z',
      state: 'Verify',
    },
    parse: parseVerifyRequest,
  },
  {
    task: 'Promote',
    functionName: 'Promote',
    request: {
      ...COMMON,
      action: 'promote',
      pendingVersionId: 'stored-pending',
      baseVersionId: 'stored-base',
      state: 'Promote',
    },
    parse: parsePromoteRequest,
  },
  {
    task: 'StandDown',
    functionName: 'Promote',
    request: { ...COMMON, action: 'stand-down', state: 'StandDown' },
    parse: parsePromoteRequest,
  },
  {
    task: 'CheckConfiguration',
    functionName: 'Verify',
    request: {
      ...COMMON,
      mode: 'check-configuration',
      pendingVersionId: 'fetched-pending',
      refreshedAt: null,
      state: 'CheckConfiguration',
    },
    parse: parseVerifyRequest,
  },
];

describe('the request of a Task', () => {
  it.each(REQUESTS)('is complete for $task', async ({ task, functionName, request }) => {
    const run = await runWorkflow(THROUGH[task] ?? {}, INPUT);

    expect(run.calls.filter(call => call.state === task)).toEqual([
      {
        state: task,
        functionName: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
        payload: request,
      },
    ]);
  });

  it.each(REQUESTS)('is accepted by the function of $task', ({ task, request, parse }) => {
    const parsed = parse(request);

    expect(parsed).toMatchObject({ ...COMMON, state: task });
  });

  it('has for Promote what Fetch found when an earlier attempt stored the version', async () => {
    const run = await runWorkflow(RESUME, INPUT);

    expect(run.calls.find(call => call.state === 'Promote')?.payload).toMatchObject({
      pendingVersionId: 'fetched-pending',
      baseVersionId: 'fetched-base',
    });
  });

  it('has the version and the instant of the latest refresh once outdated tokens were refreshed', async () => {
    const failed = await runWorkflow({ ...REFRESH, Verify: [failure('AccessTokenForbidden')] }, INPUT);

    const run = await redriveWorkflow(failed, OUTDATED);

    expect(run.calls.map(call => call.payload)).toMatchObject([
      { state: 'Verify', pendingVersionId: 'stored-pending', refreshedAt: '2030-01-01T00:00:00.000Z' },
      { state: 'RefreshPending', pendingVersionId: 'stored-pending', baseVersionId: 'stored-base' },
      {
        state: 'StorePending',
        baseVersionId: 'refreshed-pending-base',
        sealedValue: 'sealed-value-of-pending',
      },
      { state: 'Verify', pendingVersionId: 'stored-again-pending', refreshedAt: '2030-02-01T00:00:00.000Z' },
      { state: 'Promote', pendingVersionId: 'stored-again-pending', baseVersionId: 'stored-again-base' },
    ]);
  });

  it('has a null for StorePending where Secrets Manager sent no RotationToken', async () => {
    const run = await runWorkflow(REFRESH, { ...INPUT, sealedRotationToken: null });

    expect(run.calls.find(call => call.state === 'StorePending')?.payload).toMatchObject({
      sealedRotationToken: null,
    });
  });
});

describe('tokens in the state', () => {
  it.each([
    { way: 'a refresh', script: REFRESH },
    { way: 'a resumed rotation', script: RESUME },
    { way: 'a resumed rotation that refreshes', script: REFRESH_PENDING },
    { way: 'a rotation that stands down', script: STAND_DOWN },
    { way: 'a configuration check', script: CHECK },
  ])('are handed over sealed, and only where they are needed, in $way', async ({ script }) => {
    const run = await runWorkflow(script, INPUT);

    const holders = (token: string) =>
      run.calls.filter(call => JSON.stringify(call.payload).includes(token)).map(call => call.state);
    const storePending = run.states.filter(state => state === 'StorePending');
    expect(holders('sealed-value')).toEqual(storePending);
    // Fetch judges the whole input, before anything is spent.
    expect(holders('sealed-rotation-token')).toEqual(['Fetch', ...storePending]);
  });

  it.each(REQUESTS)('do not get there by what the function of $task answers too much', async ({ task }) => {
    const script = THROUGH[task] ?? {};
    const talkative = (script[task] ?? []).map(answer =>
      'payload' in answer
        ? payload({ ...Object(answer.payload), accessToken: 'clear-token', SecretString: 'clear-token' })
        : answer,
    );

    const run = await runWorkflow({ ...script, [task]: talkative }, INPUT);

    expect(run.failure).toBeUndefined();
    expect(run.stateData).not.toContain('clear-token');
  });
});
