import { describe, expect, it } from 'vitest';
import { bundleSize } from '../../../bench/cold-start/measure.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';

const bundles = await bundleFunctions();

describe('the deployment package', () => {
  // Detects a library update that adds code which Lambda never loads.
  it.each([
    ['rotation', 85_000],
    ['fetch', 75_000],
    ['refresh', 115_000],
    ['store-pending', 92_000],
    ['verify', 88_000],
    ['promote', 90_000],
    ['notify', 102_000],
    ['overdue-check', 80_000],
  ] as const)('of %s stays below %i bytes', (name, limitBytes) => {
    expect(bundleSize(bundles, name).zippedBytes).toBeLessThan(limitBytes);
  });
});
