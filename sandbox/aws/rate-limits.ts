import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import type { AwsOperation } from './service.ts';

/** The maximum burst, and the number of tokens added per second. */
export interface BucketSize {
  readonly size: number;
  readonly refillPerSecond: number;
}

/** A token bucket, as AWS uses to throttle an account's calls. */
export class TokenBucket {
  readonly #size: BucketSize;
  #tokens: number;
  #filledAtMs: number;

  constructor(size: BucketSize, nowMs: number, tokens = size.size) {
    this.#size = size;
    this.#tokens = tokens;
    this.#filledAtMs = nowMs;
  }

  /** @returns whether a token was available; it is consumed */
  take(nowMs: number): boolean {
    const { size, refillPerSecond } = this.#size;
    this.#tokens = Math.min(size, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * refillPerSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Operations that share a limit. */
export interface RateLimit {
  readonly operations: readonly string[];
  readonly bucket: BucketSize;
}

/**
 * Makes the operations of a service throw `ThrottlingException` when they exceed a limit.
 *
 * @param inForce whether the limits apply; evaluated at each call
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
