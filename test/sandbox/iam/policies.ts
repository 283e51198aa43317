import { decide } from '../../../sandbox/iam/decision.ts';
import { parsePolicy } from '../../../sandbox/iam/policy-document.ts';
import { type Principal, roleSession } from '../../../sandbox/iam/principal.ts';
import { requestKeys } from '../../../sandbox/iam/request-keys.ts';
import type { PolicyKind, Statement } from '../../../sandbox/iam/statement.ts';
import type { JsonObject } from '../../../sandbox/json.ts';

export const ACCOUNT_ID = '123456789012';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT_ID}:role/reader`;
export const SECRET_ARN = `arn:aws:secretsmanager:us-east-1:${ACCOUNT_ID}:secret:genesys/one-AbCdEf`;
export const SESSION = roleSession(ROLE_ARN, 'session');

/** Parses statements of a policy of `owner`. */
export function policy(statements: readonly JsonObject[], kind: PolicyKind = 'identity'): Statement[] {
  return parsePolicy({ Version: '2012-10-17', Statement: statements }, 'owner', kind);
}

/** A request (default: GetSecretValue, by a role session). */
interface RequestOptions {
  readonly principal?: Principal;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** The request in the form that `decide` evaluates. */
export function request(options: RequestOptions = {}) {
  const {
    principal = SESSION,
    action = 'secretsmanager:GetSecretValue',
    resource = SECRET_ARN,
    context = {},
  } = options;
  return { principal, action, resource, keys: requestKeys(principal, action, context, 'us-east-1') };
}

/** Whether an identity-based policy with these statements allows the request. */
export function allowedBy(statements: readonly JsonObject[], options: RequestOptions = {}): boolean {
  return decide(request(options), { identity: policy(statements), resourceMustAllow: false }).allowed;
}

/** A statement that allows everything, with these changes. */
export function allow(changes: JsonObject = {}): JsonObject {
  return { Effect: 'Allow', Action: '*', Resource: '*', ...changes };
}
