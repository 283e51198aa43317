import { OPERATIONS } from '../operations.ts';
import { ROTATION_CALLS, ROTATION_TRANSITIONS } from '../rotation/rotation-calls.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';

/** A rotation's requests that count against a quota, and the rotations that the quota allows. */
export interface QuotaLimit {
  readonly quota: QuotaName;
  readonly requestsPerRotation: number;
  readonly requestsPerSecond: number;
  readonly rotationsPerSecond: number;
}

/**
 * Divides each quota of a region by the requests of a rotation without faults.
 *
 * @param polls the number of DescribeSecret polls in a rotation
 * @returns the tightest quota first
 */
export function quotaLimits(region: string, polls: number): readonly QuotaLimit[] {
  return (Object.keys(QUOTAS) as QuotaName[])
    .map(quota => {
      const requestsPerRotation = requestsOf(quota) + (quota === 'reading secrets' ? polls : 0);
      const requestsPerSecond = QUOTAS[quota].bucket(region).refillPerSecond;
      const rotationsPerSecond = requestsPerSecond / requestsPerRotation;
      return { quota, requestsPerRotation, requestsPerSecond, rotationsPerSecond };
    })
    .sort((one, other) => one.rotationsPerSecond - other.rotationsPerSecond);
}

function requestsOf(quota: QuotaName): number {
  if (quota === 'StateTransition') return ROTATION_TRANSITIONS;
  return ROTATION_CALLS.filter(({ operation }) =>
    (OPERATIONS[operation].quotas as readonly QuotaName[]).includes(quota),
  ).reduce((sum, { times }) => sum + times, 0);
}
