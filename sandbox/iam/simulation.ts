import { type ApplicablePolicies, type Decision, decide, type InForce } from './decision.ts';
import type { EvaluatedRequest } from './statement.ts';

/** The simulated decision of the policies of a role or user. */
export interface Simulation {
  readonly decision: Decision;
  /** Absent without a boundary. */
  readonly isWithinBoundary?: boolean;
  /**
   * The condition keys that the policies use and the request lacks, in any statement: AWS also lists those of
   * statements for other actions.
   */
  readonly missingKeys: readonly string[];
}

/** Decides by identity-based policies and boundary alone, as IAM's policy simulator does for roles. */
export function simulate(
  request: EvaluatedRequest,
  { identity, boundary }: Pick<ApplicablePolicies, 'identity' | 'boundary'>,
  inForce: InForce,
): Simulation {
  const asked = [...identity, ...(boundary ?? [])].flatMap(({ conditionKeys }) => conditionKeys);
  const isWithinBoundary =
    boundary && decide(request, { identity: boundary, resourceMustAllow: false }, inForce).allowed;
  return {
    decision: decide(request, { identity, boundary, resourceMustAllow: false }, inForce),
    isWithinBoundary,
    missingKeys: [...new Set(asked)].filter(key => !request.keys.has(key.toLowerCase())),
  };
}
