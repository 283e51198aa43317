import { describe, expect, it } from 'vitest';
import type { ColdStartReport, FunctionFigures } from '../../../bench/cold-start/measure.ts';
import { coldStartSection } from '../../../bench/cold-start/section.ts';

const FIGURES: FunctionFigures = {
  size: { rawBytes: 152_584, zippedBytes: 51_100 },
  init: { initMs: 90, loadMs: 45, cpuMs: 80, residentBytes: 55_400_000 },
};

const REPORT: ColdStartReport = {
  repetitions: 25,
  functions: {
    rotation: FIGURES,
    fetch: FIGURES,
    refresh: { ...FIGURES, init: { initMs: 125, loadMs: 75, cpuMs: 100, residentBytes: 59_000_000 } },
    'store-pending': FIGURES,
    verify: FIGURES,
    promote: FIGURES,
    publish: FIGURES,
    notify: FIGURES,
    'overdue-check': FIGURES,
  },
  empty: { initMs: 50, loadMs: 1, cpuMs: 40, residentBytes: 44_000_000 },
  single: {
    size: { rawBytes: 36_110_000, zippedBytes: 6_017_000 },
    init: { initMs: 400, loadMs: 350, cpuMs: 340, residentBytes: 92_000_000 },
  },
};

describe('coldStartSection', () => {
  const lines = coldStartSection(REPORT).split('\n');

  it('shows sizes, and times as multiples of the empty handler', () => {
    expect(lines).toContain('| `fetch` | 51 kB | 1.80× | 2.00× | 55 MB |');
    expect(lines).toContain('| `refresh` | 51 kB | 2.50× | 2.50× | 59 MB |');
  });

  it('shows the empty handler and one Lambda for comparison', () => {
    expect(lines).toContain('| empty |  | 1.00× | 1.00× | 44 MB |');
    expect(lines).toContain('| one Lambda with the complete SDKs | 6,017 kB | 8.00× | 8.50× | 92 MB |');
  });
});
