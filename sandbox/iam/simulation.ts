import { type ApplicablePolicies, type Decision, decide, type InForce } from './decision.ts';
import type { EvaluatedRequest } from './statement.ts';

/** How the policies of a role or user decide about a request that nobody makes. */
export interface Simulation {
  readonly decision: Decision;
  /** Absent for somebody without a boundary. */
  readonly isWithinBoundary?: boolean;
  /**
   * The condition keys that the policies ask about and the request has not, whichever statement asks: AWS lists those
   * of statements for other actions, too.
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
