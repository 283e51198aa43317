import { describe, expect, it } from 'vitest';
import { lowerBound } from '../../../bench/rotation/lower-bound.ts';
import type { RotationReport } from '../../../bench/rotation/measure.ts';
import type { Wait } from '../../../bench/rotation/recorded-latencies.ts';
import { rotationSection } from '../../../bench/rotation/section.ts';
import type { RotationTimes } from '../../../bench/rotation/timed-sandbox.ts';

const WAITS: readonly Wait[] = [
  { kind: 'aws', name: 'states:DescribeExecution', by: 'rotation', fromMs: 0, toMs: 25 },
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
    tokenGapSplit: { genesys: 150, aws: 150, orchestration: 135, coldStarts: 0, polling: 0 },
    waits: WAITS,
  };
}

function report(workflow: RotationTimes): RotationReport {
  const oneLambda = rotation(710, 710, 345);
  return {
    workflow: {
      cold: rotation(4_940, 2_750, 1_305),
      warm: workflow,
      drawn: [workflow, rotation(3_000, 2_000, 900)],
    },
    oneLambda: { cold: rotation(1_000, 1_000, 345), warm: oneLambda, drawn: [oneLambda] },
    bound: lowerBound(),
  };
}

describe('rotationSection', () => {
  const lines = rotationSection(report(rotation(2_225, 1_010, 435))).split('\n');

  it('shows durations beside one Lambda and the lower bound', () => {
    expect(lines).toContain(
      "| Token gap, from Genesys Cloud's answer until `AWSCURRENT` has moved | 435 ms | 345 ms | 250 ms | 1.74× | 1,305 ms | 345 ms |",
    );
  });

  it('shows the median and the slowest of those that were drawn', () => {
    expect(lines).toContain('| Until `AWSCURRENT` has moved | 1,505 ms | 2,000 ms | 710 ms | 710 ms |');
  });

  it('says what was missed by how much, and from when on it would not be', () => {
    const text = lines.join('\n');

    expect(text).toContain('**Total within 1.5× of the lower bound when warm: missed** (3.50×).');
    expect(text).toContain(
      'Of the 1,590 ms beyond it 1,065 ms are polling, 285 ms state transitions and the ways to five more functions, and 240 ms further calls of AWS.',
    );
    expect(text).toContain('**Token gap below that of one Lambda: missed**, 435 ms against 345 ms.');
    expect(text).toContain('more than 30 ms pass between two steps');
  });

  it('says what was reached', () => {
    const text = rotationSection(report(rotation(900, 800, 300)));

    expect(text).toContain('**Total within 1.5× of the lower bound when warm: reached** (1.42×).');
    expect(text).toContain('**Token gap below that of one Lambda: reached**, 300 ms against 345 ms.');
  });

  it('counts each call with its reason', () => {
    expect(lines).toContain(
      '| `store-pending` | `kms:Decrypt` | 2 | Opens the new tokens and the RotationToken. |',
    );
  });

  it('refuses a call that nobody has given a reason for', () => {
    const unexplained: Wait = { kind: 'aws', name: 'sqs:SendMessage', by: 'fetch', fromMs: 0, toMs: 1 };

    expect(() => rotationSection(report({ ...rotation(1, 1, 1), waits: [unexplained] }))).toThrow(
      'does not say why fetch sqs:SendMessage is called',
    );
  });
});
