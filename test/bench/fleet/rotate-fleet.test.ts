import { expect, inject, it } from 'vitest';
import { rotateFleet } from '../../../bench/fleet/rotate-fleet.ts';

it('rotates a fleet, loses nothing, and says what it took', async () => {
  const run = await rotateFleet(inject('assemblyDirectory'), 3);

  expect(run).toMatchObject({ secrets: 3, failed: 0, lost: 0 });
  expect(run.slowestRotationMs).toBeLessThanOrEqual(run.wallMs);
  expect(run.slowestExecutionMs).toBeGreaterThan(0);
  expect(run.memory.children).toBeGreaterThan(0);
  expect(run.processorMs).toBeGreaterThan(0);
});
