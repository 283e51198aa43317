import type { AccessRequest } from '../aws/service.ts';
import type { SecretStore } from './secret-store.ts';

/** The permissions that an operation on a secret needs. */
export type SecretAccess = (
  operation: string,
  secretId: string,
  context?: NonNullable<AccessRequest['context']>,
) => AccessRequest[];

/**
 * Requires the action with the operation's name, on the secret's ARN. If the secret does not exist, the resource is the
 * ARN that it would have: a caller without permission does not learn whether it exists.
 *
 * @see Service Authorization Reference, "Actions, resources, and condition keys for AWS Secrets Manager"
 */
export function secretAccess(store: SecretStore): SecretAccess {
  return (operation, secretId, context = {}) => {
    const secret = store.find(secretId);
    const tags = (secret?.tags ?? []).flatMap(({ Key, Value }) => [
      [`aws:ResourceTag/${Key}`, Value],
      [`secretsmanager:ResourceTag/${Key}`, Value],
    ]);
    return [
      {
        action: `secretsmanager:${operation}`,
        resource: secret?.arn ?? store.partialArn(secretId),
        context: {
          'secretsmanager:SecretId': secretId,
          ...(secret?.rotation !== undefined && {
            'secretsmanager:resource/AllowRotationLambdaArn': secret.rotation.functionArn,
          }),
          ...Object.fromEntries(tags),
          ...context,
        },
      },
    ];
  };
}
