import * as v from 'valibot';

/** Secrets Manager's call of a function for one secret. */
export interface ServiceCall {
  readonly service: string;
  readonly accountId: string;
  readonly sourceArn: string;
}

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform(value => (typeof value === 'string' ? [value] : value)),
);
const statement = v.object({
  Effect: v.picklist(['Allow', 'Deny']),
  Principal: v.optional(v.union([v.string(), v.record(v.string(), oneOrMore)])),
  Action: v.optional(oneOrMore, []),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), oneOrMore)), {}),
});
const policy = v.object({
  Statement: v.pipe(
    v.union([v.array(statement), statement]),
    v.transform(value => (Array.isArray(value) ? value : [value])),
  ),
});
type Statement = v.InferOutput<typeof statement>;

/**
 * Whether a function's policy lets a service invoke it. Conditions on anything but the source count as met.
 *
 * @throws v.ValiError, SyntaxError the text is not a policy
 * @see AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager rotation", on "access denied"
 */
export function letsInvoke(policyText: string, call: ServiceCall): boolean {
  const { Statement: statements } = v.parse(policy, JSON.parse(policyText));
  const applying = statements.filter(each => applies(each, call));
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

function applies({ Principal, Action, Condition }: Statement, call: ServiceCall): boolean {
  const services =
    typeof Principal === 'object' ? [...(Principal.Service ?? []), ...(Principal.AWS ?? [])] : [];
  return (
    (Principal === '*' || services.includes('*') || services.includes(call.service)) &&
    Action.some(action => matches(action.toLowerCase(), 'lambda:invokefunction')) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, key, values, call)),
    )
  );
}

const POSITIVE = /^(?:StringEquals|StringLike|ArnEquals|ArnLike)(?:IfExists)?$/;

function holds(operator: string, key: string, values: readonly string[], call: ServiceCall): boolean {
  const actual = { 'aws:sourceaccount': call.accountId, 'aws:sourcearn': call.sourceArn }[key.toLowerCase()];
  if (actual === undefined || !POSITIVE.test(operator)) return true;
  return values.some(value => matches(value, actual));
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
