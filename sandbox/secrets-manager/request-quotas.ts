import type { RateLimit } from '../aws/rate-limits.ts';

/** AWS documents no burst limit: all calls of a second may arrive at once. */
function perSecond(calls: number): RateLimit['bucket'] {
  return { size: calls, refillPerSecond: calls };
}

/**
 * The quotas for the calls of a rotation, per account and region; they are not adjustable.
 *
 * Source: AWS Secrets Manager User Guide, "AWS Secrets Manager quotas".
 */
export const REQUEST_QUOTAS: readonly RateLimit[] = [
  { operations: ['DescribeSecret', 'GetSecretValue'], bucket: perSecond(10_000) },
  { operations: ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'], bucket: perSecond(50) },
];
