import { AwsError } from '../aws/aws-error.ts';
import type { AwsOperation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { StepFunctionsBehaviour } from './behaviour.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

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

/** What an account may call in a region by default. */
export function requestQuota(operation: LimitedOperation, region: string): BucketSize {
  const [size, refillPerSecond] = QUOTAS[operation][LARGE_REGIONS.has(region) ? 0 : 1];
  return { size, refillPerSecond };
}

/** The operations, refusing with `ThrottlingException` what goes beyond the region's quotas while they are switched on. */
export function withQuotas(
  operations: Readonly<Record<string, AwsOperation>>,
  region: string,
  clock: Clock,
  behaviour: Pick<StepFunctionsBehaviour, 'requestQuotas'>,
): Readonly<Record<string, AwsOperation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      isLimited(name) ? limited(operation, requestQuota(name, region), clock, behaviour) : operation,
    ]),
  );
}

function isLimited(operation: string): operation is LimitedOperation {
  return operation in QUOTAS;
}

function limited(
  operation: AwsOperation,
  quota: BucketSize,
  clock: Clock,
  behaviour: Pick<StepFunctionsBehaviour, 'requestQuotas'>,
): AwsOperation {
  const bucket = new TokenBucket(quota, clock.nowMs());
  return {
    ...operation,
    run: (input, call) => {
      if (behaviour.requestQuotas && !bucket.take(clock.nowMs())) {
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      }
      return operation.run(input, call);
    },
  };
}
