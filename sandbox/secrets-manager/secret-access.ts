import type { AccessRequest } from '../aws/service.ts';
import type { SecretStore } from './secret-store.ts';

/** Gives what an operation on one secret needs to be allowed. */
export type SecretAccess = (
  operation: string,
  secretId: string,
  context?: NonNullable<AccessRequest['context']>,
) => AccessRequest[];

/**
 * The action of the operation's name, on the secret's ARN; on the ARN that the given name would have, were there such
 * a secret, so that somebody without permission does not learn whether it exists.
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
        resource: secret?.arn ?? store.wouldBeArn(secretId),
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
