import { describe, expect, it } from 'vitest';
import { parseFetchRequest } from '../../functions/fetch/fetch.ts';
import { parsePromotion } from '../../functions/promote/promote.ts';
import { parsePublishRequest } from '../../functions/publish/publish.ts';
import { parseRefreshRequest } from '../../functions/refresh/refresh.ts';
import { requestFields } from '../../functions/shared/input/request.ts';
import { parseStorePendingRequest } from '../../functions/store-pending/store-pending.ts';
import { parseVerifyRequest } from '../../functions/verify/verify.ts';
import { failure, runWorkflow } from './run-workflow.ts';
import {
  INPUT,
  PAIR,
  PAIR_AGAIN,
  promoted,
  REFRESH,
  REFRESH_AGAIN,
  RUNS_THROUGH,
  stored,
  storedAgain,
  verified,
} from './scripts.ts';

/** The fields in the request of every function except Fetch. */
const COMMON = {
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/voicemail-AbCdEf',
  versionId: 'own-version',
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
};

/** The fields of the rotation's pair that states pass on, except its times. */
const POSITIONED_PAIR = {
  lineage: 'refreshed-lineage',
  generation: 1,
  current: { lineage: 'current-lineage', generation: 0 },
};

const FIRST_ATTEMPT = { redriveCount: 0, retryCount: 0 };

/** For each Task, the function that it calls, the request, and the parsed request. */
const REQUESTS: readonly {
  readonly task: string;
  readonly functionName: string;
  readonly request: object;
  readonly parse: (event: unknown) => object;
  readonly parsed: object;
}[] = [
  {
    task: 'Fetch',
    functionName: 'Fetch',
    request: {
      input: INPUT,
      execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
      redriveCount: 0,
      state: 'Fetch',
    },
    parse: parseFetchRequest,
    parsed: { ...COMMON, purpose: 'rotate', redriveCount: 0, state: 'Fetch' },
  },
  {
    task: 'Refresh',
    functionName: 'Refresh',
    request: {
      ...COMMON,
      ...FIRST_ATTEMPT,
      replaces: null,
      skipsDeadGrant: false,
      enteredAt: '2030-01-01T00:00:02.000Z',
      state: 'Refresh',
    },
    parse: parseRefreshRequest,
    parsed: {
      ...COMMON,
      attempt: {
        ...FIRST_ATTEMPT,
        execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
        enteredAt: '2030-01-01T00:00:02.000Z',
      },
      replaces: undefined,
      skipsDeadGrant: false,
      state: 'Refresh',
    },
  },
  {
    task: 'Failover',
    functionName: 'Refresh',
    request: {
      ...COMMON,
      ...FIRST_ATTEMPT,
      replaces: null,
      skipsDeadGrant: true,
      enteredAt: '2030-01-01T00:00:03.000Z',
      state: 'Failover',
    },
    parse: parseRefreshRequest,
    parsed: {
      ...COMMON,
      attempt: {
        ...FIRST_ATTEMPT,
        execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
        enteredAt: '2030-01-01T00:00:03.000Z',
      },
      replaces: undefined,
      skipsDeadGrant: true,
      state: 'Failover',
    },
  },
  {
    task: 'StorePending',
    functionName: 'StorePending',
    request: {
      ...COMMON,
      pair: PAIR,
      sealedRotationToken: 'sealed-rotation-token',
      state: 'StorePending',
    },
    parse: parseStorePendingRequest,
    parsed: {
      ...COMMON,
      pair: {
        lineage: 'refreshed-lineage',
        generation: 1,
        fingerprint: 'refreshed-fingerprint',
        sealedPair: 'sealed-pair',
      },
      current: { lineage: 'current-lineage', generation: 0 },
      sealedRotationToken: 'sealed-rotation-token',
      state: 'StorePending',
    },
  },
  {
    task: 'Verify',
    functionName: 'Verify',
    request: {
      ...COMMON,
      mode: 'verify',
      pendingVersionId: 'stored-pending',
      baseVersionId: 'stored-base',
      issuedAt: '2030-01-01T00:00:00.000Z',
      state: 'Verify',
    },
    parse: parseVerifyRequest,
    parsed: {
      ...COMMON,
      mode: 'verify',
      pendingVersionId: 'stored-pending',
      baseVersionId: 'stored-base',
      issuedAt: new Date('2030-01-01T00:00:00Z'),
      state: 'Verify',
    },
  },
  {
    task: 'Promote',
    functionName: 'Promote',
    request: {
      ...COMMON,
      action: 'promote',
      pendingVersionId: 'stored-pending',
      baseVersionId: 'stored-base',
      pair: POSITIONED_PAIR,
      fingerprint: 'refreshed-fingerprint',
      issuedAt: '2030-01-01T00:00:00.000Z',
      expiresAt: '2030-01-02T00:00:00.000Z',
      redriveCount: 0,
      state: 'Promote',
    },
    parse: event => parsePromotion(requestFields('The request', event)),
    parsed: {
      pendingVersionId: 'stored-pending',
      baseVersionId: 'stored-base',
      pair: POSITIONED_PAIR,
      fingerprint: 'refreshed-fingerprint',
      issuedAt: new Date('2030-01-01T00:00:00Z'),
      expiresAt: new Date('2030-01-02T00:00:00Z'),
      redriveCount: 0,
    },
  },
  {
    task: 'Publish',
    functionName: 'Publish',
    request: { ...COMMON, state: 'Publish' },
    parse: parsePublishRequest,
    parsed: { ...COMMON, state: 'Publish' },
  },
  {
    task: 'RefreshAgain',
    functionName: 'Refresh',
    request: {
      ...COMMON,
      ...FIRST_ATTEMPT,
      replaces: POSITIONED_PAIR,
      skipsDeadGrant: true,
      enteredAt: '2030-01-01T00:00:05.000Z',
      state: 'RefreshAgain',
    },
    parse: parseRefreshRequest,
    parsed: {
      ...COMMON,
      attempt: {
        ...FIRST_ATTEMPT,
        execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
        enteredAt: '2030-01-01T00:00:05.000Z',
      },
      replaces: POSITIONED_PAIR,
      skipsDeadGrant: true,
      state: 'RefreshAgain',
    },
  },
  {
    task: 'StandDown',
    functionName: 'Promote',
    // handlers.test.ts has the same request.
    request: { ...COMMON, action: 'stand-down', redriveCount: 0, state: 'StandDown' },
    parse: event => ({
      action: requestFields('The request', event).oneOf('action', ['promote', 'stand-down']),
    }),
    parsed: { action: 'stand-down' },
  },
  {
    task: 'PublishNewerLogin',
    functionName: 'Publish',
    request: { ...COMMON, state: 'PublishNewerLogin' },
    parse: parsePublishRequest,
    parsed: { ...COMMON, state: 'PublishNewerLogin' },
  },
  {
    task: 'CheckConfiguration',
    functionName: 'Verify',
    request: { ...COMMON, mode: 'check-configuration', state: 'CheckConfiguration' },
    parse: parseVerifyRequest,
    parsed: { ...COMMON, mode: 'check-configuration', state: 'CheckConfiguration' },
  },
];

describe('the request of a Task', () => {
  it('is written out for every Task', () => {
    expect(REQUESTS.map(({ task }) => task)).toEqual(RUNS_THROUGH.map(({ task }) => task));
  });

  it.each(REQUESTS)('is complete for $task', async ({ task, functionName, request }) => {
    const through = RUNS_THROUGH.find(candidate => candidate.task === task);

    const run = await runWorkflow(through?.script ?? {}, through?.input ?? null);

    expect(run.calls.find(call => call.state === task)).toEqual({
      state: task,
      functionName: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
      payload: request,
    });
  });

  it.each(REQUESTS)('is read by the function of $task', ({ request, parse, parsed }) => {
    expect(parse(request)).toEqual(parsed);
  });

  it('has a null RotationToken for StorePending when Secrets Manager sent none', async () => {
    const run = await runWorkflow(REFRESH, { ...INPUT, sealedRotationToken: null });

    expect(run.calls.find(call => call.state === 'StorePending')?.payload).toMatchObject({
      sealedRotationToken: null,
    });
  });

  it('has the second pair after RefreshAgain, and the versions that hold it', async () => {
    const run = await runWorkflow(REFRESH_AGAIN, INPUT);

    expect(run.calls.slice(4).map(call => call.payload)).toMatchObject([
      { state: 'RefreshAgain', replaces: { lineage: 'refreshed-lineage', generation: 1 } },
      { state: 'StorePending', pair: PAIR_AGAIN, sealedRotationToken: 'sealed-rotation-token' },
      {
        state: 'Verify',
        pendingVersionId: 'stored-again-pending',
        baseVersionId: 'stored-again-base',
        issuedAt: '2030-02-01T00:00:00.000Z',
      },
      {
        state: 'Promote',
        pendingVersionId: 'stored-again-pending',
        baseVersionId: 'stored-again-base',
        fingerprint: 'refreshed-again-fingerprint',
        issuedAt: '2030-02-01T00:00:00.000Z',
      },
      { state: 'Publish' },
    ]);
  });

  it('has the same pair and the second versions after CurrentVersionMoved', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [stored, storedAgain],
        Verify: [verified, verified],
        Promote: [failure('CurrentVersionMoved'), promoted],
      },
      INPUT,
    );

    expect(run.calls.slice(5).map(call => call.payload)).toMatchObject([
      { state: 'StorePending', pair: PAIR },
      { state: 'Verify', pendingVersionId: 'stored-again-pending', baseVersionId: 'stored-again-base' },
      {
        state: 'Promote',
        pendingVersionId: 'stored-again-pending',
        baseVersionId: 'stored-again-base',
        fingerprint: 'refreshed-fingerprint',
      },
      { state: 'Publish' },
    ]);
  });
});
