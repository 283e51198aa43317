/**
 * A policy uses a feature that the sandbox cannot evaluate. It stops the run, because ignoring the feature may allow
 * what AWS denies.
 */
export class UnevaluablePolicy extends Error {
  override readonly name = 'UnevaluablePolicy';
  /** The role or resource whose policy it is. */
  readonly owner: string;
  /** The statement's `Sid`, or its zero-based index in the policy. */
  readonly statement: string;

  /** @param problem what cannot be evaluated */
  constructor(owner: string, statement: string, problem: string) {
    super(`The policy of ${owner} cannot be evaluated: statement ${statement}: ${problem}`);
    this.owner = owner;
    this.statement = statement;
  }
}
