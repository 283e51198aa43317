import { describe, expect, it } from 'vitest';
import { DEFAULT_FLEET, simulateFleet } from '../../../bench/simulation/fleet.ts';
import { quotaUse } from '../../../bench/simulation/quota-use.ts';

describe('quotaUse', () => {
  const figures = simulateFleet({ ...DEFAULT_FLEET, secrets: 100, windowMs: 3_600_000 });
  const rates = (region: string): Record<string, number> =>
    Object.fromEntries(quotaUse(figures, region).map(({ quota, perSecond }) => [quota, perSecond]));

  it('lists the tightest quota first', () => {
    const quotas = quotaUse(figures, 'eu-central-1').map(({ quota }) => quota);

    expect(quotas.slice(0, 2)).toEqual(['writing secrets', 'StateTransition']);
  });

  it('divides the quota by the requests of a rotation', () => {
    const writing = quotaUse(figures, 'eu-central-1').find(({ quota }) => quota === 'writing secrets');

    expect(writing).toMatchObject({
      requestsPerRotation: 2,
      perSecond: 50,
      rotationsPerSecond: 25,
      isAdjustable: false,
    });
  });

  it.each([
    ['eu-central-1', { StartExecution: 150, StateTransition: 800 }],
    ['us-east-1', { StartExecution: 300, StateTransition: 5_000 }],
  ])('knows the quotas of %s', (region, expected) => {
    expect(rates(region)).toMatchObject(expected);
  });
});
