import { AwsError } from '../aws/aws-error.ts';
import type { AccessRequest } from '../aws/service.ts';
import type { Decision } from './decision.ts';
import { type Principal, principalName, type ServicePrincipal } from './principal.ts';

/** Authorises calls, including those that services make on behalf of a caller. */
export interface Authorizer {
  /** @throws AwsError AccessDeniedException */
  readonly authorize: (principal: Principal, request: AccessRequest) => void;
  readonly allows: (principal: Principal, request: AccessRequest) => boolean;
  /** Whether the trust policy of the role lets the service assume it. */
  readonly mayAssume: (roleArn: string, service: ServicePrincipal) => boolean;
}

/**
 * The error for a denied request. A protocol may rename it when it writes the response.
 *
 * @see AWS IAM User Guide, "Troubleshoot access denied error messages"
 */
export function accessDenied(
  principal: Principal,
  { action, resource }: AccessRequest,
  { reason, policy }: Decision & { allowed: false },
): AwsError {
  const article = policy.startsWith('i') ? 'an' : 'a';
  const because =
    reason === 'explicit deny'
      ? `with an explicit deny in ${article} ${policy}`
      : `because no ${policy} allows the ${action} action`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${principalName(principal)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    { statusCode: action.startsWith('lambda:') ? 403 : 400 },
  );
}
