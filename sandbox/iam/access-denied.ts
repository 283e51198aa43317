import { AwsError } from '../aws/aws-error.ts';
import type { AccessRequest } from '../aws/service.ts';
import type { Decision } from './decision.ts';
import { type Principal, principalName } from './principal.ts';

/** What a service calls a refusal, where it is not AccessDeniedException with HTTP status 400. */
const REFUSALS: Readonly<Record<string, { readonly type: string; readonly statusCode: number }>> = {
  lambda: { type: 'AccessDeniedException', statusCode: 403 },
  sns: { type: 'AuthorizationError', statusCode: 403 },
  sts: { type: 'AccessDenied', statusCode: 403 },
};

/**
 * The error that the caller sees.
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
  const { type, statusCode } = REFUSALS[action.split(':')[0] ?? ''] ?? {
    type: 'AccessDeniedException',
    statusCode: 400,
  };
  return new AwsError(
    type,
    `User: ${principalName(principal)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    { statusCode },
  );
}
