import { describe, expect, it } from 'vitest';
import { broken, type Cell, firstOutcome } from '../../../bench/fault-matrix/expectation.ts';
import type { PlannedFault } from '../../../bench/fault-matrix/rotation-calls.ts';
import type { Ending, Trial } from '../../../bench/fault-matrix/rotation-trial.ts';

const STORED_NOTHING: PlannedFault = {
  site: { functionName: 'store-pending', sort: 'aws', name: 'kms:Decrypt', target: 'kms:Decrypt' },
  kind: 'hang',
  duration: 'lasting',
};
const ANSWER_LOST: PlannedFault = {
  site: { functionName: 'refresh', sort: 'genesys', name: 'genesys:token', target: 'genesys:token' },
  kind: 'answer-lost',
  duration: 'once',
};
const ROTATED: Ending = {
  current: 'rotated',
  newestToken: 'current',
  verdict: 'succeeded',
  execution: 'SUCCEEDED',
};
const SEALED: Ending = {
  current: 'first',
  newestToken: 'sealed',
  verdict: 'failed',
  execution: 'FAILED',
  state: 'StorePending',
  error: 'TimeoutError',
};
const LOST: Ending = {
  ...SEALED,
  newestToken: 'lost',
  state: 'Refresh',
  error: 'RefreshTokenRejected',
  message: 'Rejected: the token was probably spent by it.',
};
const recovered: Trial = { first: SEALED, last: ROTATED, refreshes: 1, leaks: 0 };
const reported: Trial = { first: LOST, last: LOST, refreshes: 1, leaks: 0 };

describe('firstOutcome', () => {
  it.each<[ReturnType<typeof firstOutcome>, Partial<Ending>]>([
    ['rotated', ROTATED],
    ['confirmed later', { ...ROTATED, verdict: 'failed' }],
    ['not started', { execution: 'NONE', newestToken: 'current' }],
    ['unspent', { newestToken: 'current' }],
    ['sealed', {}],
    ['stored', { newestToken: 'stored' }],
    ['lost', { newestToken: 'lost' }],
  ])('tells %s', (outcome, ending) => {
    expect(firstOutcome({ ...recovered, first: { ...SEALED, ...ending } })).toBe(outcome);
  });
});

describe('broken', () => {
  it('finds nothing where the retry and the redrive have rotated', () => {
    expect(broken({ fault: STORED_NOTHING, retried: recovered, redriven: recovered })).toStrictEqual([]);
  });

  it('finds nothing where a lost answer is reported as such', () => {
    expect(broken({ fault: ANSWER_LOST, retried: reported, redriven: reported })).toStrictEqual([]);
  });

  it.each<[string, Partial<Cell>]>([
    [
      'a refresh token is lost that could have been saved',
      { fault: STORED_NOTHING, retried: reported, redriven: reported },
    ],
    ['AWSCURRENT is broken', { retried: { ...recovered, first: { ...SEALED, current: 'broken' } } }],
    ['Genesys Cloud saw 2 refreshes', { redriven: { ...recovered, refreshes: 2 } }],
    ['1 texts have a secret in them', { retried: { ...recovered, leaks: 1 } }],
    [
      'not rotated after the redrive, but FAILED in StorePending with TimeoutError',
      { redriven: { ...recovered, last: SEALED } },
    ],
    [
      'after the retry Secrets Manager says failed',
      { retried: { ...recovered, last: { ...ROTATED, verdict: 'failed' } } },
    ],
    [
      'the two first attempts differ',
      { redriven: { ...recovered, first: { ...SEALED, newestToken: 'stored' } } },
    ],
    [
      'after the redrive the loss is not told, but Refresh: RefreshTokenRejected',
      {
        fault: ANSWER_LOST,
        retried: reported,
        redriven: { ...reported, last: { ...LOST, message: 'Rejected.' } },
      },
    ],
    [
      'after the retry AWSCURRENT is not what it was',
      {
        fault: ANSWER_LOST,
        retried: { ...reported, last: { ...LOST, current: 'rotated' } },
        redriven: reported,
      },
    ],
  ])('finds that %s', (problem, changes) => {
    const cell: Cell = { fault: STORED_NOTHING, retried: recovered, redriven: recovered, ...changes };

    const { functionName, name } = cell.fault.site;
    expect(broken(cell)).toStrictEqual([
      `${functionName} ${name}, ${cell.fault.kind}, ${cell.fault.duration}: ${problem}`,
    ]);
  });
});
