import { describe, expect, it } from 'vitest';
import { bundleSize } from '../../../bench/cold-start/measure.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';

const bundles = await bundleFunctions();

describe('the deployment package', () => {
  // An update of a library that brings back what was left out shows here. The functions with a higher limit need more
  // than their own client and Genesys Cloud.
  it.each([
    ['rotation', 65_000],
    ['fetch', 60_000],
    ['refresh', 70_000],
    ['store-pending', 60_000],
    ['verify', 60_000],
    ['promote', 60_000],
    ['notify', 80_000],
    ['watch', 60_000],
  ] as const)('of %s stays below %i bytes', (name, limitBytes) => {
    expect(bundleSize(bundles, name).zippedBytes).toBeLessThan(limitBytes);
  });
});
