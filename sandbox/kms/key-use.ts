import type { AccessRequest } from '../aws/service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Principal } from '../iam/principal.ts';
import type { EncryptionContext } from './ciphertext.ts';
import type { Key, KeyState } from './key.ts';

/** A use of a key by a service on behalf of a caller. */
export interface KeyUse {
  /** Key id, key ARN, alias or alias ARN. */
  readonly keyId: string;
  readonly action: 'kms:Decrypt' | 'kms:GenerateDataKey';
  readonly encryptionContext: EncryptionContext;
  readonly caller: Principal;
  /** The service's endpoint, e.g. `secretsmanager.eu-central-1.amazonaws.com`; absent when the caller is a service. */
  readonly viaService?: string;
}

/**
 * Whether a key can be used: `usable`, or why not. AWS KMS checks the permission before the state of the key, so a
 * caller without permission does not learn the state.
 */
export type KeyVerdict = 'usable' | 'denied' | 'disabled' | 'pending-deletion' | 'missing';

/** Why a key cannot be used although the caller has permission. */
export type KeyFailure = Exclude<KeyVerdict, 'usable' | 'denied'>;

/** Authorises a use of a key. */
export type CheckKeyUse = (use: KeyUse) => KeyVerdict;

/** The permission that the caller needs to use a key. @see AWS KMS Developer Guide, "AWS KMS condition keys" */
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

const VERDICTS = {
  Enabled: 'usable',
  Disabled: 'disabled',
  PendingDeletion: 'pending-deletion',
} as const satisfies Record<KeyState, KeyVerdict>;

/**
 * Makes a function that checks whether a service can use a key on behalf of a caller.
 *
 * @param findKey returns a key by its id, ARN or alias; undefined for an unknown key
 */
export function keyUseChecker(
  findKey: (keyId: string) => Pick<Key, 'arn' | 'state'> | undefined,
  authorizer: Pick<Authorizer, 'allows'>,
): CheckKeyUse {
  return ({ keyId, action, encryptionContext, caller, viaService }) => {
    const key = findKey(keyId);
    if (key === undefined) return 'missing';
    const account = 'service' in caller ? caller.sourceAccount : caller.accountId;
    const request = keyRequest(action, key.arn, account, { encryptionContext, viaService });
    return authorizer.allows(caller, request) ? VERDICTS[key.state] : 'denied';
  };
}
