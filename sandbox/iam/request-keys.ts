import type { AccessRequest } from '../aws/service.ts';
import { conditionKeyKind } from './condition-keys.ts';
import type { RequestKeys } from './conditions.ts';
import type { Principal } from './principal.ts';

/**
 * The condition keys of a request: the global keys of its principal, and the keys of its service.
 *
 * @throws Error when the service sets a key that condition-keys.ts does not list for the action
 * @see AWS IAM User Guide, "AWS global condition context keys"
 */
export function requestKeys(
  principal: Principal,
  action: string,
  context: NonNullable<AccessRequest['context']>,
  region: string,
): RequestKeys {
  const keys = new Map<string, readonly string[]>();
  const set = (key: string, value: string | readonly string[] | undefined): void => {
    if (value !== undefined) keys.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  };
  set('aws:RequestedRegion', region);
  set('aws:SecureTransport', 'true');
  if ('service' in principal) {
    set('aws:PrincipalIsAWSService', 'true');
    set('aws:PrincipalServiceName', principal.service);
    set('aws:SourceAccount', principal.sourceAccount);
    set('aws:SourceArn', principal.sourceArn);
  } else {
    set('aws:PrincipalIsAWSService', 'false');
    set('aws:PrincipalAccount', principal.accountId);
    // For a session, the key is the role's ARN.
    set('aws:PrincipalArn', principal.roleArn ?? principal.arn);
    set('lambda:SourceFunctionArn', principal.functionArn);
  }
  for (const [key, value] of Object.entries(context)) {
    if (conditionKeyKind(action, key) === undefined) {
      throw new Error(`The condition key ${key} of ${action} is missing from condition-keys.ts.`);
    }
    set(key, value);
  }
  return keys;
}
