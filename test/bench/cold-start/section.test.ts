import { describe, expect, it } from 'vitest';
import type { ColdStartReport, FunctionFigures } from '../../../bench/cold-start/measure.ts';
import { coldStartSection } from '../../../bench/cold-start/section.ts';

const FIGURES: FunctionFigures = {
  size: { rawBytes: 152_584, zippedBytes: 51_100 },
  completeZippedBytes: 98_700,
  contents: [
    { name: '@smithy/core', bytes: 88_000 },
    { name: '@aws-sdk/core', bytes: 21_000 },
    { name: '@aws-sdk/client-secrets-manager', bytes: 13_000 },
    { name: 'own code', bytes: 7800 },
    { name: '@smithy/signature-v4', bytes: 7300 },
    { name: '@smithy/node-http-handler', bytes: 7200 },
    { name: 'tslib', bytes: 3000 },
    { name: '@smithy/types', bytes: 200 },
  ],
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
    notify: FIGURES,
    watch: FIGURES,
  },
  empty: { initMs: 50, loadMs: 1, cpuMs: 40, residentBytes: 44_000_000 },
  connected: { initMs: 65, loadMs: 20, cpuMs: 60, residentBytes: 50_000_000 },
  single: {
    size: { rawBytes: 36_110_000, zippedBytes: 6_017_000 },
    init: { initMs: 400, loadMs: 350, cpuMs: 340, residentBytes: 92_000_000 },
  },
};

describe('coldStartSection', () => {
  const lines = coldStartSection(REPORT).split('\n');

  it('shows sizes, and times as multiples of the empty handler', () => {
    expect(lines).toContain('| `fetch` | 153 kB | 51 kB | 99 kB | 1.80× | 50 % | 2.00× | 55 MB |');
    expect(lines).toContain('| `refresh` | 153 kB | 51 kB | 99 kB | 2.50× | 60 % | 2.50× | 59 MB |');
  });

  it('shows what to compare them with', () => {
    expect(lines).toContain('| empty |  |  |  | 1.00× | 2 % | 1.00× | 44 MB |');
    expect(lines).toContain(
      '| one Lambda with the complete SDKs | 36,110 kB | 6,017 kB |  | 8.00× | 88 % | 8.50× | 92 MB |',
    );
  });

  it('names the largest packages, and sums up the others', () => {
    expect(lines).toContain(
      '- `fetch`: @smithy/core 88, @aws-sdk/core 21, @aws-sdk/client-secrets-manager 13, own code 7.8, @smithy/signature-v4 7.3, @smithy/node-http-handler 7.2, others 3.2.',
    );
  });
});
