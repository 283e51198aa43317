import { describe, expect, it } from 'vitest';
import { INVOCATIONS_MS, lowerBound } from '../../../bench/rotation/lower-bound.ts';
import type { RotationReport } from '../../../bench/rotation/measure.ts';
import type { Wait } from '../../../bench/rotation/recorded-latencies.ts';
import { rotationSection } from '../../../bench/rotation/section.ts';
import type { RotationTimes } from '../../../bench/rotation/timed-sandbox.ts';
import { fixedLatency } from './fixed-latencies.ts';

const WAITS: readonly Wait[] = [
  { kind: 'aws', name: 'secretsmanager:DescribeSecret', by: 'rotation', fromMs: 0, toMs: 25 },
  { kind: 'aws', name: 'kms:Decrypt', by: 'store-pending', fromMs: 25, toMs: 50 },
  { kind: 'aws', name: 'kms:Decrypt', by: 'store-pending', fromMs: 25, toMs: 50 },
  { kind: 'transition', name: 'states', fromMs: 50, toMs: 80 },
];

function rotation(totalMs: number, untilCurrentMs: number, tokenGapMs: number): RotationTimes {
  return {
    totalMs,
    untilCurrentMs,
    tokenGapMs,
    totalSplit: { genesys: 450, aws: 365, orchestration: 345, coldStarts: 0, polling: 1_065 },
    tokenGapSplit: { genesys: 150, aws: 200, orchestration: 135, coldStarts: 0, polling: 0 },
    waits: WAITS,
  };
}

const ONE_LAMBDA: RotationTimes = {
  ...rotation(710, 710, 345),
  tokenGapSplit: { genesys: 150, aws: 150, orchestration: 45, coldStarts: 0, polling: 0 },
};

const BOUND = lowerBound(fixedLatency);

function report(workflow: RotationTimes, slower = rotation(3_000, 2_000, 900)): RotationReport {
  return {
    workflow: {
      cold: rotation(4_940, 2_750, 1_305),
      warm: workflow,
      drawn: [workflow, slower],
    },
    oneLambda: { cold: rotation(1_000, 1_000, 345), warm: ONE_LAMBDA, drawn: [ONE_LAMBDA] },
    twoGrants: { cold: rotation(4_950, 2_760, 0), warm: rotation(2_230, 1_020, 0) },
    bound: { median: BOUND, drawn: [BOUND, { totalMs: 800, untilCurrentMs: 700, tokenGapMs: 300 }] },
  };
}

describe('rotationSection', () => {
  const lines = rotationSection(report(rotation(2_225, 1_010, 485))).split('\n');

  it('shows durations with those of one Lambda and the lower bound', () => {
    expect(lines).toContain(
      "| Token gap, from Genesys Cloud's response until `AWSCURRENT` has moved | 485 ms | 345 ms | 250 ms | 1.94× | 1,305 ms | 345 ms |",
    );
  });

  it('shows durations with two grants', () => {
    expect(lines).toContain(
      "| Token gap, from Genesys Cloud's response until `AWSCURRENT` has moved | 0 ms | 485 ms | 0 ms | 1,305 ms |",
    );
  });

  it('shows the median and the slowest of the drawn rotations', () => {
    expect(lines).toContain(
      '| Until `AWSCURRENT` has moved | 1,505 ms | 2,000 ms | 710 ms | 710 ms | 645 ms | 2.33× |',
    );
  });

  it('shows by how much a target is missed and why', () => {
    const text = lines.join('\n');

    expect(text).toContain(
      '**Total within 2× the lower bound when warm, medians of the random draws: missed** (3.64×).',
    );
    expect(text).toContain(
      `the total exceeds the bound by 1,590 ms: 1,065 ms for polling, ${345 - INVOCATIONS_MS} ms for state transitions and five more invocations, and ${180 + INVOCATIONS_MS} ms for further AWS calls`,
    );
    expect(text).toContain('**Token gap below that of one Lambda: missed**, 485 ms against 345 ms.');
    expect(text).toContain(
      'Of the 140 ms difference, three state transitions take 90 ms and AWS calls take 50 ms',
    );
    expect(text).toContain('more than 47 ms between two steps');
  });

  it('shows that a target was met', () => {
    const text = rotationSection(report(rotation(900, 800, 300), rotation(1_000, 900, 400)));

    expect(text).toContain(
      '**Total within 2× the lower bound when warm, medians of the random draws: met** (1.32×).',
    );
    expect(text).toContain('**Token gap below that of one Lambda: met**, 300 ms against 345 ms.');
  });

  it('counts each call and shows its reason', () => {
    expect(lines).toContain(
      '| `store-pending` | `kms:Decrypt` | 2 | Opens the new tokens and the RotationToken. |',
    );
  });

  it('rejects a call that is not listed', () => {
    const unexplained: Wait = { kind: 'aws', name: 'sqs:SendMessage', by: 'fetch', fromMs: 0, toMs: 1 };

    expect(() => rotationSection(report({ ...rotation(1, 1, 1), waits: [unexplained] }))).toThrow(
      'does not have fetch sqs:SendMessage',
    );
  });
});
