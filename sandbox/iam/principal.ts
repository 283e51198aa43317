import type { Caller } from '../aws/service.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { Refuse } from './conditions.ts';

/** A user, or a session of a role. */
export type AccountPrincipal = Pick<Caller, 'accountId' | 'arn' | 'roleArn' | 'functionArn'>;

/** An AWS service that acts on behalf of a resource in the account. */
export interface ServicePrincipal {
  /** e.g. `secretsmanager.amazonaws.com` */
  readonly service: string;
  readonly sourceAccount: string;
  readonly sourceArn?: string | undefined;
}

/** The principal of a request. */
export type Principal = AccountPrincipal | ServicePrincipal;

/** How a resource policy's `Principal` element matches: by name, or by account. */
type PrincipalMatch = 'named' | 'account' | 'none';

/** Returns how the element matches a principal. */
export type PrincipalMatcher = (principal: Principal) => PrincipalMatch;

const ROLE_ARN = /^arn:([^:]+):iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/;
const ACCOUNT = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/;

/**
 * The session of a role that a service assumes for itself, not for the code of a function.
 *
 * @throws TypeError when `roleArn` is not a role ARN
 */
export function roleSession(roleArn: string, sessionName: string): AccountPrincipal {
  const [, partition, accountId, name] = ROLE_ARN.exec(roleArn) ?? [];
  if (partition === undefined || accountId === undefined) throw new TypeError(`Not a role ARN: ${roleArn}`);
  return {
    accountId,
    roleArn,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}`,
  };
}

/** The name of a principal in messages. */
export function principalName(principal: Principal): string {
  return 'service' in principal ? principal.service : principal.arn;
}

/**
 * The `Principal` element (AWS IAM User Guide, "AWS JSON policy elements: Principal").
 *
 * @param refuse is called for federated and canonical users, and for ARNs with wildcards
 */
export function principalMatcher(element: Json, refuse: Refuse): PrincipalMatcher {
  if (element === '*') return () => 'named';
  if (!isJsonObject(element)) return refuse('Principal is neither * nor an object.');
  const matchers = Object.entries(element).flatMap(([kind, value]) => {
    const names = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map(String);
    if (kind === 'Service') return names.map(serviceMatcher);
    if (kind === 'AWS') return names.map(name => accountMatcher(name, refuse));
    return refuse(`a Principal of type ${kind} is not emulated.`);
  });
  return principal => {
    const matches = matchers.map(matcher => matcher(principal));
    return matches.find(match => match === 'named') ?? matches.find(match => match === 'account') ?? 'none';
  };
}

function serviceMatcher(name: string): PrincipalMatcher {
  return principal => ('service' in principal && principal.service === name ? 'named' : 'none');
}

function accountMatcher(name: string, refuse: Refuse): PrincipalMatcher {
  if (name === '*') return () => 'named';
  const account = ACCOUNT.exec(name)?.[1];
  if (account !== undefined) {
    return principal => (!('service' in principal) && principal.accountId === account ? 'account' : 'none');
  }
  if (!name.startsWith('arn:') || /[*?]/.test(name)) refuse(`the Principal ${name} is not emulated.`);
  return principal =>
    !('service' in principal) && (principal.arn === name || principal.roleArn === name) ? 'named' : 'none';
}
