import { type BucketSize, TokenBucket } from '../../sandbox/aws/token-bucket.ts';
import { type LimitedOperation, requestQuota } from '../../sandbox/step-functions/request-quotas.ts';

/** A quota of an account in a region. */
interface QuotaRule {
  readonly bucket: (region: string) => BucketSize;
  readonly source: string;
  /** Whether AWS raises it on request. */
  readonly adjustable: boolean;
}

const STEP_FUNCTIONS = 'AWS Step Functions Developer Guide, "Step Functions service quotas"';
const SECRETS_MANAGER = 'AWS Secrets Manager User Guide, "AWS Secrets Manager quotas"';

/** Regions with the larger quota of state transitions. */
const MANY_TRANSITIONS = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** The quotas of a rotation's calls. */
export const QUOTAS = {
  StartExecution: ofStepFunctions('StartExecution'),
  DescribeExecution: ofStepFunctions('DescribeExecution'),
  RedriveExecution: ofStepFunctions('RedriveExecution'),
  GetExecutionHistory: ofStepFunctions('GetExecutionHistory'),
  StateTransition: {
    bucket: region => perSecond(MANY_TRANSITIONS.has(region) ? 5_000 : 800),
    source: STEP_FUNCTIONS,
    adjustable: true,
  },
  'reading secrets': { bucket: () => perSecond(10_000), source: SECRETS_MANAGER, adjustable: false },
  'writing secrets': { bucket: () => perSecond(50), source: SECRETS_MANAGER, adjustable: false },
  'using keys': {
    // The smallest figure that AWS has published; most regions have more today.
    bucket: () => perSecond(5_500),
    source: 'AWS Key Management Service Developer Guide, "Request quotas"',
    adjustable: true,
  },
} as const satisfies Record<string, QuotaRule>;

/** The name of a quota. */
export type QuotaName = keyof typeof QUOTAS;

function ofStepFunctions(operation: LimitedOperation): QuotaRule {
  return { bucket: region => requestQuota(operation, region), source: STEP_FUNCTIONS, adjustable: true };
}

/** A quota without a published burst: the requests of a second may come at once. */
function perSecond(requests: number): BucketSize {
  return { size: requests, refillPerSecond: requests };
}

/** What is left of an account's quotas. */
export class AccountQuotas {
  readonly #buckets: ReadonlyMap<QuotaName, TokenBucket>;
  readonly #nowMs: () => number;

  /** @param drained buckets that begin empty */
  constructor(region: string, nowMs: () => number, drained: readonly QuotaName[] = []) {
    this.#nowMs = nowMs;
    this.#buckets = new Map(
      (Object.entries(QUOTAS) as [QuotaName, QuotaRule][]).map(([name, { bucket }]) => [
        name,
        new TokenBucket(bucket(region), nowMs(), drained.includes(name) ? 0 : undefined),
      ]),
    );
  }

  /** @returns whether the request is let through */
  take(quota: QuotaName): boolean {
    return this.#buckets.get(quota)?.take(this.#nowMs()) ?? true;
  }
}
