import { describe, expect, it } from 'vitest';
import { parseFetchRequest } from '../../functions/fetch/fetch-request.ts';
import { parsePromoteRequest } from '../../functions/promote/promote-request.ts';
import { parseRefreshRequest } from '../../functions/refresh/refresh-request.ts';
import { parseStorePendingRequest } from '../../functions/store-pending/store-pending-request.ts';
import { parseVerifyRequest } from '../../functions/verify/verify-request.ts';
import { failure, redriveWorkflow, runWorkflow } from './run-workflow.ts';
import {
  INPUT,
  INPUT_WITH_RECOVERED,
  OUTDATED,
  REFRESH,
  REFRESH_FOUND,
  REFRESH_RECOVERED,
  RESUME,
  STORE_RECOVERED,
  THROUGH,
} from './scripts.ts';

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
    task: 'StoreRecovered',
    functionName: 'StorePending',
    request: {
      ...COMMON,
      baseVersionId: 'fetched-base',
      sealedValue: 'sealed-recovered-value',
      sealedVersionId: 'other-version',
      sealedRotationToken: 'sealed-rotation-token',
      state: 'StoreRecovered',
    },
    parse: parseStorePendingRequest,
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
      sealedVersionId: 'own-version',
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
      refreshedAt: '2030-01-01T00:00:00.000Z',
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

/** The Task's way through the state machine. */
function wayThrough(task: string) {
  const way = THROUGH.find(candidate => candidate.task === task);
  if (way === undefined) throw new Error(`No way is known through ${task}.`);
  return way;
}

describe('the request of a Task', () => {
  it.each(REQUESTS)('is complete for $task', async ({ task, functionName, request }) => {
    const { script, input } = wayThrough(task);

    const run = await runWorkflow(script, input);

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
      refreshedAt: null,
    });
  });

  it('has for Fetch the tokens that were recovered', async () => {
    const run = await runWorkflow(STORE_RECOVERED, INPUT_WITH_RECOVERED);

    const event = run.calls.find(call => call.state === 'Fetch')?.payload;
    expect(event).toEqual({ input: INPUT_WITH_RECOVERED, execution: 'execution-arn', state: 'Fetch' });
    expect(parseFetchRequest(event)).toMatchObject({ recoveredBaseVersionId: 'recovered-base' });
  });

  it('has the version that StoreRecovered wrote for all that follow', async () => {
    const run = await runWorkflow(REFRESH_RECOVERED, INPUT_WITH_RECOVERED);

    expect(run.calls.slice(2).map(call => call.payload)).toMatchObject([
      { state: 'VerifyResumed', pendingVersionId: 'stored-recovered-pending' },
      {
        state: 'RefreshPending',
        pendingVersionId: 'stored-recovered-pending',
        baseVersionId: 'stored-recovered-base',
      },
      {
        state: 'StorePending',
        baseVersionId: 'refreshed-pending-base',
        sealedValue: 'sealed-value-of-pending',
        sealedVersionId: 'own-version',
      },
      { state: 'Verify', pendingVersionId: 'stored-pending', refreshedAt: '2030-02-01T00:00:00.000Z' },
      { state: 'Promote', pendingVersionId: 'stored-pending', baseVersionId: 'stored-base' },
    ]);
  });

  it('has for RefreshPending the version that Fetch found', async () => {
    const run = await runWorkflow(REFRESH_FOUND, INPUT);

    expect(run.calls.find(call => call.state === 'RefreshPending')?.payload).toMatchObject({
      source: 'pending',
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
      {
        state: 'Promote',
        pendingVersionId: 'stored-again-pending',
        baseVersionId: 'stored-again-base',
        refreshedAt: '2030-02-01T00:00:00.000Z',
      },
    ]);
  });

  it.each([
    { task: 'StorePending', script: REFRESH, input: INPUT },
    { task: 'StoreRecovered', script: STORE_RECOVERED, input: INPUT_WITH_RECOVERED },
  ])('has a null for $task where Secrets Manager sent no RotationToken', async ({ task, script, input }) => {
    const run = await runWorkflow(script, { ...input, sealedRotationToken: null });

    expect(run.calls.find(call => call.state === task)?.payload).toMatchObject({
      sealedRotationToken: null,
    });
  });
});
