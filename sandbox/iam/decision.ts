import type { Clause, EvaluatedRequest, Statement } from './statement.ts';

/** The kinds of policies that AWS names in a refusal. */
type PolicyType = 'identity-based policy' | 'resource-based policy' | 'permissions boundary';

/** What was decided, and because of what. */
export type Decision =
  | { readonly allowed: true; readonly statement: Statement; readonly clause: Clause }
  | { readonly allowed: false; readonly reason: 'explicit deny' | 'no allow'; readonly policy: PolicyType };

/** The policies that a request meets. */
export interface ApplicablePolicies {
  /** The principal's own; none for a service. */
  readonly identity: readonly Statement[];
  /** What the principal can be allowed at most, if he has such a boundary. */
  readonly boundary?: readonly Statement[] | undefined;
  /** The resource's own policy, if it has one. */
  readonly resource?: readonly Statement[] | undefined;
  /**
   * Whether the resource's policy has to let the principal, or the account that then decides, in: so it is with KMS
   * keys. With other resources of the same account either of the two policies is enough.
   */
  readonly resourceMustAllow: boolean;
}

/** Says which clauses of a statement are in force. */
export type InForce = (statement: Statement, clause: Clause) => boolean;

/**
 * Decides for principals of the account that the resource belongs to: an explicit deny wins, then an allow, and
 * without one it is refused.
 *
 * @throws UnevaluablePolicy
 * @see AWS IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Key policies in AWS KMS"
 */
export function decide(
  request: EvaluatedRequest,
  policies: ApplicablePolicies,
  inForce: InForce = () => true,
): Decision {
  const { identity, boundary, resource = [], resourceMustAllow } = policies;
  const forPrincipal = (match: 'named' | 'account'): Statement[] =>
    resource.filter(statement => statement.principalMatch(request.principal) === match);
  const named = forPrincipal('named');
  const viaAccount = forPrincipal('account');

  const applies = (statements: readonly Statement[], effect: 'Allow' | 'Deny') => {
    for (const statement of statements) {
      if (statement.effect !== effect) continue;
      const clause = statement.clauseFor(request, each => effect === 'Deny' || inForce(statement, each));
      if (clause !== undefined) return { statement, clause };
    }
    return undefined;
  };
  const refused = (reason: 'explicit deny' | 'no allow', policy: PolicyType): Decision => ({
    allowed: false,
    reason,
    policy,
  });

  if (applies(identity, 'Deny')) return refused('explicit deny', 'identity-based policy');
  if (applies([...named, ...viaAccount], 'Deny')) return refused('explicit deny', 'resource-based policy');
  if (boundary !== undefined && applies(boundary, 'Deny')) {
    return refused('explicit deny', 'permissions boundary');
  }
  const byResource = applies(named, 'Allow');
  const mayDecide = !resourceMustAllow || applies(viaAccount, 'Allow') !== undefined;
  const allow = byResource ?? (mayDecide ? applies(identity, 'Allow') : undefined);
  if (allow === undefined) {
    const isService = 'service' in request.principal;
    return refused('no allow', isService || !mayDecide ? 'resource-based policy' : 'identity-based policy');
  }
  if (boundary !== undefined && applies(boundary, 'Allow') === undefined) {
    return refused('no allow', 'permissions boundary');
  }
  return { allowed: true, ...allow };
}
