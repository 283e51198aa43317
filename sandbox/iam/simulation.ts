import { type ApplicablePolicies, type Decision, decide, type InForce } from './decision.ts';
import type { EvaluatedRequest } from './statement.ts';

/** The simulated decision for a role or user. */
export interface Simulation {
  readonly decision: Decision;
  /** Absent without a boundary. */
  readonly isWithinBoundary?: boolean;
  /**
   * The condition keys that the policies use but the request lacks. As in AWS, statements for other actions count.
   */
  readonly missingKeys: readonly string[];
}

/** Decides based on identity-based policies and boundary only, as IAM's policy simulator does for roles. */
export function simulate(
  request: EvaluatedRequest,
  { identity, boundary }: Pick<ApplicablePolicies, 'identity' | 'boundary'>,
  inForce: InForce,
): Simulation {
  const usedKeys = [...identity, ...(boundary ?? [])].flatMap(({ conditionKeys }) => conditionKeys);
  const isWithinBoundary =
    boundary && decide(request, { identity: boundary, resourceMustAllow: false }, inForce).allowed;
  return {
    decision: decide(request, { identity, boundary, resourceMustAllow: false }, inForce),
    isWithinBoundary,
    missingKeys: [...new Set(usedKeys)].filter(key => !request.keys.has(key.toLowerCase())),
  };
}
