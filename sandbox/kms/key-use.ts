import type { AccessRequest } from '../aws/service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Principal } from '../iam/principal.ts';
import type { EncryptionContext } from './ciphertext.ts';

/** A use of a key that a service makes in somebody's name. */
export interface KeyUse {
  /** Id, ARN, alias or the alias's ARN. */
  readonly keyId: string;
  readonly action: 'kms:Decrypt' | 'kms:GenerateDataKey';
  readonly encryptionContext: EncryptionContext;
  readonly caller: Principal;
  /** The service's endpoint, e.g. `secretsmanager.eu-central-1.amazonaws.com`; absent when the caller is a service. */
  readonly viaService?: string;
}

/** Says whether such a use is allowed. */
export type KeyAccess = (use: KeyUse) => boolean;

/** What somebody must be allowed who uses a key. @see AWS KMS Developer Guide, "AWS KMS condition keys" */
export function keyRequest(
  action: string,
  keyArn: string,
  callerAccount: string,
  {
    encryptionContext = {},
    viaService,
  }: { encryptionContext?: EncryptionContext; viaService?: string | undefined },
): AccessRequest {
  const pairs = Object.entries(encryptionContext);
  return {
    action,
    resource: keyArn,
    context: {
      'kms:CallerAccount': callerAccount,
      ...(viaService !== undefined && { 'kms:ViaService': viaService }),
      ...(pairs.length > 0 && { 'kms:EncryptionContextKeys': pairs.map(([name]) => name) }),
      ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    },
  };
}

/**
 * Lets services ask whether they may use a key in somebody's name.
 *
 * @param keyArn gives the ARN of a key; nothing when there is none, which nobody may use
 */
export function keyAccess(
  keyArn: (keyId: string) => string | undefined,
  authorizer: Pick<Authorizer, 'allows'>,
): KeyAccess {
  return ({ keyId, action, encryptionContext, caller, viaService }) => {
    const arn = keyArn(keyId);
    const account = 'service' in caller ? caller.sourceAccount : caller.accountId;
    return (
      arn !== undefined &&
      authorizer.allows(caller, keyRequest(action, arn, account, { encryptionContext, viaService }))
    );
  };
}
