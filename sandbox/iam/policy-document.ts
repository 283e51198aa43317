import type { Json, JsonObject } from '../json.ts';
import { type PolicyKind, Statement } from './statement.ts';
import { UnevaluablePolicy } from './unevaluable-policy.ts';

const MEMBERS = new Set(['Version', 'Id', 'Statement']);
const VERSIONS = new Set<Json | undefined>(['2012-10-17', '2008-10-17', undefined]);

/**
 * Parses a policy document; rejects unknown elements.
 *
 * @param owner the role or resource of the policy, for the error message
 * @throws UnevaluablePolicy
 * @see AWS IAM User Guide, "IAM JSON policy element reference"
 */
export function parsePolicy(document: JsonObject, owner: string, kind: PolicyKind): Statement[] {
  for (const member of Object.keys(document)) {
    if (!MEMBERS.has(member))
      throw new UnevaluablePolicy(owner, 'none', `the element ${member} is not emulated.`);
  }
  if (!VERSIONS.has(document.Version)) {
    throw new UnevaluablePolicy(owner, 'none', `the Version ${String(document.Version)} is unknown.`);
  }
  const { Statement: source } = document;
  if (source === undefined) throw new UnevaluablePolicy(owner, 'none', 'Statement is missing.');
  const statements = Array.isArray(source) ? (source as readonly Json[]) : [source];
  return statements.map((statement, index) => new Statement(statement, index, { owner, kind }));
}
