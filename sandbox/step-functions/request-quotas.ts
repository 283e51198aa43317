import { AwsError } from '../aws/aws-error.ts';
import type { AwsOperation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';

/** A token bucket: calls that may come at once, and calls per second that come back. */
type Quota = readonly [size: number, refillPerSecond: number];

/** Regions with the larger quotas. */
const LARGE_REGIONS = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** By operation: in the large regions, in all others (AWS Step Functions Developer Guide, "Quotas"). */
const QUOTAS: Readonly<Record<string, readonly [large: Quota, others: Quota]>> = {
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
};

/** The operations, refusing with `ThrottlingException` what goes beyond the region's quotas. */
export function withQuotas(
  operations: Readonly<Record<string, AwsOperation>>,
  region: string,
  clock: Clock,
): Readonly<Record<string, AwsOperation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      const quota = QUOTAS[name]?.[LARGE_REGIONS.has(region) ? 0 : 1];
      return [name, quota === undefined ? operation : limited(operation, quota, clock)];
    }),
  );
}

function limited(operation: AwsOperation, [size, refillPerSecond]: Quota, clock: Clock): AwsOperation {
  let tokens = size;
  let filledAtMs = clock.nowMs();
  return {
    ...operation,
    run: (input, call) => {
      const nowMs = clock.nowMs();
      tokens = Math.min(size, tokens + ((nowMs - filledAtMs) / 1000) * refillPerSecond);
      filledAtMs = nowMs;
      if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded');
      tokens -= 1;
      return operation.run(input, call);
    },
  };
}
