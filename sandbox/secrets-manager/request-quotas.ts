import type { RateLimit } from '../aws/rate-limits.ts';

/** No burst is published: the calls of a second may come at once. */
function perSecond(calls: number): RateLimit['bucket'] {
  return { size: calls, refillPerSecond: calls };
}

/**
 * What limits the calls of a rotation, in an account and region; AWS does not raise it.
 *
 * Source: AWS Secrets Manager User Guide, "AWS Secrets Manager quotas".
 */
export const REQUEST_QUOTAS: readonly RateLimit[] = [
  { operations: ['DescribeSecret', 'GetSecretValue'], bucket: perSecond(10_000) },
  { operations: ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'], bucket: perSecond(50) },
];
