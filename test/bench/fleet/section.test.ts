import { describe, expect, it } from 'vitest';
import type { FleetRun } from '../../../bench/fleet/rotate-fleet.ts';
import { fleetRunsSection } from '../../../bench/fleet/section.ts';

function run(secrets: number, wallMs: number, processorMs: number): FleetRun {
  return {
    secrets,
    wallMs,
    processorMs,
    secondHalfTimes: 0.95,
    slowestRotationMs: wallMs - 1,
    slowestExecutionMs: 940,
    memory: { ownBytes: 132_000_000, childrenBytes: 4_257_000_000, children: 49 },
    failed: 2,
    lost: 0,
  };
}

describe('fleetRunsSection', () => {
  const lines = fleetRunsSection({
    runs: [run(1, 2_500, 3_000), run(100, 20_000, 13_000), run(1_000, 100_000, 103_000)],
  }).split('\n');

  it('shows the time as a multiple of that of a single rotation', () => {
    expect(lines).toContain(
      '| 1,000 | 40.0× | 10.0 | 100.0 s | 0.9 s | 103.0 s | 132 MB | 4,257 MB in 49 | 2 | 0 |',
    );
  });

  it('shows how the processor time beyond that of a single rotation grows', () => {
    expect(lines.join('\n')).toContain(
      'From 100 to 1,000 secrets the processor time beyond that of a single rotation grows with the power 1.00 of their number (1 is linear). The starts of processes lower it, because both fleets have the same number of them. Within the 1,000, the second half of the executions took 0.95× as long as the first.',
    );
  });

  it('does not mention growth without a second fleet to compare', () => {
    const text = fleetRunsSection({ runs: [run(1, 2_500, 3_000), run(10, 5_000, 5_000)] });

    expect(text).not.toContain('grows');
  });
});
