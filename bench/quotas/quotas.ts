import type { BucketSize } from '../../sandbox/aws/rate-limits.ts';
import { REQUEST_QUOTAS } from '../../sandbox/secrets-manager/request-quotas.ts';
import { requestQuota } from '../../sandbox/step-functions/request-quotas.ts';

/** A quota of an account in a region. */
interface QuotaRule {
  readonly bucket: (region: string) => BucketSize;
  readonly source: string;
  /** Whether AWS raises it on request. */
  readonly isAdjustable: boolean;
}

const STEP_FUNCTIONS = 'AWS Step Functions Developer Guide, "Step Functions service quotas"';
const SECRETS_MANAGER = 'AWS Secrets Manager User Guide, "AWS Secrets Manager quotas"';

/** Regions with the larger quota of state transitions. */
const MANY_TRANSITIONS = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** The quotas of a rotation. */
export const QUOTAS = {
  StartExecution: {
    bucket: region => requestQuota('StartExecution', region),
    source: STEP_FUNCTIONS,
    isAdjustable: true,
  },
  StateTransition: {
    bucket: region => perSecond(MANY_TRANSITIONS.has(region) ? 5_000 : 800),
    source: STEP_FUNCTIONS,
    isAdjustable: true,
  },
  'reading secrets': {
    bucket: () => secretsManagerBucket('DescribeSecret'),
    source: SECRETS_MANAGER,
    isAdjustable: false,
  },
  'writing secrets': {
    bucket: () => secretsManagerBucket('PutSecretValue'),
    source: SECRETS_MANAGER,
    isAdjustable: false,
  },
  'using keys': {
    // The smallest figure that AWS has published; most regions have more today.
    bucket: () => perSecond(5_500),
    source: 'AWS Key Management Service Developer Guide, "Request quotas"',
    isAdjustable: true,
  },
} as const satisfies Record<string, QuotaRule>;

/** The name of a quota. */
export type QuotaName = keyof typeof QUOTAS;

/** Concurrent executions of an account in a region (AWS Lambda Developer Guide, "Lambda quotas"). */
export const LAMBDA_CONCURRENCY = 1_000;

function secretsManagerBucket(operation: string): BucketSize {
  const limit = REQUEST_QUOTAS.find(({ operations }) => operations.includes(operation));
  if (limit === undefined) throw new Error(`${operation} has no quota.`);
  return limit.bucket;
}

/** A quota without a published burst size: the requests of one second may arrive at once. */
function perSecond(requests: number): BucketSize {
  return { size: requests, refillPerSecond: requests };
}
