import { object } from 'valibot';
import { type AwsService, noPermissions, operation } from '../aws/service.ts';

/** AWS Security Token Service: the identity of the caller. @see AWS STS API Reference, GetCallerIdentity */
export const sts: AwsService = {
  id: 'sts',
  operations: {
    GetCallerIdentity: operation(
      object({}),
      (_request, { caller }) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.accountId }),
      // AWS STS API Reference, GetCallerIdentity: "No permissions are required"; even an explicit Deny has no effect.
      noPermissions,
    ),
  },
};
