import type { BucketSize, RateLimit } from '../aws/rate-limits.ts';

type Quota = readonly [size: number, refillPerSecond: number];

/** Regions with the larger quotas. */
const LARGE_REGIONS = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** By operation: in the large regions, in all others (AWS Step Functions Developer Guide, "Quotas"). */
const QUOTAS = {
  StartExecution: [
    [1300, 300],
    [800, 150],
  ],
  DescribeExecution: [
    [300, 15],
    [250, 10],
  ],
  RedriveExecution: [
    [1300, 300],
    [800, 150],
  ],
  GetExecutionHistory: [
    [400, 20],
    [400, 20],
  ],
  ListExecutions: [
    [200, 5],
    [100, 2],
  ],
  StopExecution: [
    [1000, 200],
    [500, 25],
  ],
} as const satisfies Record<string, readonly [large: Quota, others: Quota]>;

/** An operation whose calls are limited. */
export type LimitedOperation = keyof typeof QUOTAS;

/** The default quotas of an account in a region. */
export function requestQuota(operation: LimitedOperation, region: string): BucketSize {
  const [size, refillPerSecond] = QUOTAS[operation][LARGE_REGIONS.has(region) ? 0 : 1];
  return { size, refillPerSecond };
}

/** The default quotas of an account in a region. */
export function requestQuotas(region: string): readonly RateLimit[] {
  return (Object.keys(QUOTAS) as LimitedOperation[]).map(operation => ({
    operations: [operation],
    bucket: requestQuota(operation, region),
  }));
}
