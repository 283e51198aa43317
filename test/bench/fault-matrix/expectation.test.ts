import { describe, expect, it } from 'vitest';
import { type Cell, firstOutcome, problemsOf } from '../../../bench/fault-matrix/expectation.ts';
import type { PlannedFault } from '../../../bench/fault-matrix/rotation-calls.ts';
import type { AttemptResult, Trial, TwoGrantsResult } from '../../../bench/fault-matrix/rotation-trial.ts';

const NOT_OPENED: PlannedFault = {
  scenario: 'plain',
  site: { functionName: 'store-pending', sort: 'aws', name: 'kms:Decrypt', target: 'kms:Decrypt' },
  kind: 'hang',
  duration: 'lasting',
};
const RESPONSE_LOST: PlannedFault = {
  scenario: 'plain',
  site: { functionName: 'refresh', sort: 'genesys', name: 'genesys:token', target: 'genesys:token' },
  kind: 'response-lost',
  duration: 'once',
};
const FUNCTION_KILLED: PlannedFault = {
  scenario: 'plain',
  site: { functionName: 'refresh', sort: 'invocation', name: 'its invocation', target: 'lambda:refresh' },
  kind: 'out-of-memory',
  duration: 'once',
};
const ROTATED: AttemptResult = {
  current: 'rotated',
  newestToken: 'current',
  isReachable: true,
  refreshes: 1,
  executions: 1,
  verdict: 'succeeded',
  execution: 'SUCCEEDED',
};
const RECORDED: AttemptResult = {
  current: 'kept',
  newestToken: 'recorded',
  isReachable: true,
  refreshes: 1,
  executions: 1,
  verdict: 'failed',
  execution: 'FAILED',
  state: 'StorePending',
  error: 'TimeoutError',
};
const LOST: AttemptResult = {
  ...RECORDED,
  newestToken: 'lost',
  isReachable: false,
  state: 'Refresh',
  error: 'RefreshTokenRejected',
  message: 'Rejected: an earlier attempt probably spent it.',
};
const ON_ONE_GRANT: TwoGrantsResult = {
  works: true,
  isAlternateDropped: true,
  verdict: 'succeeded',
  execution: 'SUCCEEDED',
};
const recovered: Trial = { first: RECORDED, last: ROTATED, leaks: 0 };
const reported: Trial = { first: LOST, last: LOST, leaks: 0 };

describe('firstOutcome', () => {
  it.each<[ReturnType<typeof firstOutcome>, Partial<AttemptResult>]>([
    ['rotated', ROTATED],
    ['confirmed later', { ...ROTATED, verdict: 'failed' }],
    ['not started', { execution: 'NONE', newestToken: 'current', refreshes: 0 }],
    ['unspent', { newestToken: 'current', refreshes: 0 }],
    ['unspent', { newestToken: 'recorded', refreshes: 0 }],
    ['stored', { newestToken: 'stored' }],
    ['recorded', {}],
    ['sealed', { newestToken: 'sealed' }],
    ['lost', { newestToken: 'lost' }],
  ])('is %s after %j', (outcome, ending) => {
    expect(firstOutcome({ ...recovered, first: { ...RECORDED, ...ending } })).toBe(outcome);
  });
});

describe('problemsOf', () => {
  it('reports nothing when the retry and the redrive complete the rotation', () => {
    expect(problemsOf({ fault: NOT_OPENED, retried: recovered, redriven: recovered })).toStrictEqual([]);
  });

  it('reports nothing when the loss of a response is reported as such', () => {
    expect(
      problemsOf({
        fault: RESPONSE_LOST,
        retried: reported,
        redriven: reported,
        withTwoGrants: [
          { first: ON_ONE_GRANT, leaks: 0 },
          {
            first: { ...ON_ONE_GRANT, verdict: 'failed', execution: 'FAILED', isAlternateDropped: false },
            last: { ...ON_ONE_GRANT, verdict: undefined },
            leaks: 0,
          },
        ],
      }),
    ).toStrictEqual([]);
  });

  it('reports nothing when the function was killed after the journal had refused the result', () => {
    const fault: PlannedFault = { ...FUNCTION_KILLED, scenario: 'unrecorded' };

    expect(problemsOf({ fault, retried: reported, redriven: reported })).toStrictEqual([]);
  });

  it.each<[string, Partial<Cell>]>([
    [
      'a refresh token that could have been saved is lost',
      { fault: FUNCTION_KILLED, retried: reported, redriven: reported },
    ],
    ['AWSCURRENT is broken', { retried: { ...recovered, first: { ...RECORDED, current: 'broken' } } }],
    [
      'no rotation can get from AWSCURRENT to the newest refresh token',
      { retried: { ...recovered, first: { ...RECORDED, isReachable: false } } },
    ],
    ['Genesys Cloud made 2 refreshes', { redriven: { ...recovered, last: { ...ROTATED, refreshes: 2 } } }],
    ['2 executions were started', { retried: { ...recovered, last: { ...ROTATED, executions: 2 } } }],
    ['1 texts contain a secret', { retried: { ...recovered, leaks: 1 } }],
    [
      'not rotated after the redrive, but FAILED in StorePending with TimeoutError',
      { redriven: { ...recovered, last: RECORDED } },
    ],
    [
      "after the retry Secrets Manager's verdict is failed",
      { retried: { ...recovered, last: { ...ROTATED, verdict: 'failed' } } },
    ],
    [
      'the first attempts of the two trials differ',
      { redriven: { ...recovered, first: { ...RECORDED, newestToken: 'stored' } } },
    ],
    [
      'after the redrive the loss is not reported, but Refresh: RefreshTokenRejected',
      {
        fault: RESPONSE_LOST,
        retried: reported,
        redriven: { ...reported, last: { ...LOST, message: 'Rejected.' } },
      },
    ],
    ...(
      [
        ['with two grants, 1 texts contain a secret', {}, 1],
        ['with two grants, AWSCURRENT does not work', { works: false }, 0],
        [
          'with two grants, the execution is FAILED with RefreshTokenRejected',
          { execution: 'FAILED', error: 'RefreshTokenRejected' },
          0,
        ],
        ['with two grants, the lost one is not dropped', { isAlternateDropped: false }, 0],
      ] as const
    ).map(([problem, ending, leaks]): [string, Partial<Cell>] => [
      problem,
      {
        fault: RESPONSE_LOST,
        retried: reported,
        redriven: reported,
        withTwoGrants: [{ first: ON_ONE_GRANT, last: { ...ON_ONE_GRANT, ...ending }, leaks }],
      },
    ]),
    [
      'after the retry AWSCURRENT has changed',
      {
        fault: RESPONSE_LOST,
        retried: { ...reported, last: { ...LOST, current: 'rotated' } },
        redriven: reported,
      },
    ],
  ])('reports that %s', (problem, changes) => {
    const cell: Cell = { fault: NOT_OPENED, retried: recovered, redriven: recovered, ...changes };

    const { functionName, name } = cell.fault.site;
    expect(problemsOf(cell)).toStrictEqual([
      `${functionName} ${name}, ${cell.fault.kind}, ${cell.fault.duration}: ${problem}`,
    ]);
  });
});
