import type { Clause, EvaluatedRequest, Statement } from './statement.ts';

/** The kinds of policies that AWS names in error messages. */
type PolicyType = 'identity-based policy' | 'resource-based policy' | 'permissions boundary';

/** Whether a request is allowed, and why. */
export type Decision =
  | { readonly allowed: true; readonly statement: Statement; readonly clause: Clause }
  | { readonly allowed: false; readonly reason: 'explicit deny' | 'no allow'; readonly policy: PolicyType };

/** The policies that apply to a request. */
export interface ApplicablePolicies {
  /** The principal's policies; none for a service. */
  readonly identity: readonly Statement[];
  /** The principal's permissions boundary, if any. */
  readonly boundary?: readonly Statement[] | undefined;
  /** The resource's policy, if any. */
  readonly resource?: readonly Statement[] | undefined;
  /**
   * Whether the resource's policy must allow the principal or delegate to the account, as with KMS keys. For other
   * resources in the same account, either policy is enough.
   */
  readonly resourceMustAllow: boolean;
}

/** Whether a clause of a statement is in force. */
export type InForce = (statement: Statement, clause: Clause) => boolean;

/**
 * Decides for principals of the resource's account: an explicit deny wins, then an allow; the default is to deny.
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
  const denied = (reason: 'explicit deny' | 'no allow', policy: PolicyType): Decision => ({
    allowed: false,
    reason,
    policy,
  });

  if (applies(identity, 'Deny')) return denied('explicit deny', 'identity-based policy');
  if (applies([...named, ...viaAccount], 'Deny')) return denied('explicit deny', 'resource-based policy');
  if (boundary !== undefined && applies(boundary, 'Deny')) {
    return denied('explicit deny', 'permissions boundary');
  }
  const byResource = applies(named, 'Allow');
  const mayDecide = !resourceMustAllow || applies(viaAccount, 'Allow') !== undefined;
  const allow = byResource ?? (mayDecide ? applies(identity, 'Allow') : undefined);
  if (allow === undefined) {
    const isService = 'service' in request.principal;
    return denied('no allow', isService || !mayDecide ? 'resource-based policy' : 'identity-based policy');
  }
  if (boundary !== undefined && applies(boundary, 'Allow') === undefined) {
    return denied('no allow', 'permissions boundary');
  }
  return { allowed: true, ...allow };
}
