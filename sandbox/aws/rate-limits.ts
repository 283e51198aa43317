import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import type { AwsOperation } from './service.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Operations that are limited together, and by how much. */
export interface RateLimit {
  readonly operations: readonly string[];
  readonly bucket: BucketSize;
}

/**
 * The operations of a service, refusing with `ThrottlingException` what exceeds a limit.
 *
 * @param inForce asked at each call
 */
export function rateLimited(
  operations: Readonly<Record<string, AwsOperation>>,
  limits: readonly RateLimit[],
  clock: Clock,
  inForce: () => boolean = () => true,
): Readonly<Record<string, AwsOperation>> {
  const buckets = new Map(
    limits.flatMap(limit => {
      const bucket = new TokenBucket(limit.bucket, clock.nowMs());
      return limit.operations.map(name => [name, bucket] as const);
    }),
  );
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      const bucket = buckets.get(name);
      return [name, bucket === undefined ? operation : limited(operation, bucket, clock, inForce)];
    }),
  );
}

function limited(
  operation: AwsOperation,
  bucket: TokenBucket,
  clock: Clock,
  inForce: () => boolean,
): AwsOperation {
  return {
    ...operation,
    run: (input, call) => {
      if (inForce() && !bucket.take(clock.nowMs()))
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      return operation.run(input, call);
    },
  };
}
