import {
  DecryptionFailure,
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../../functions/shared/errors.ts';
import { hasLostAlternate, parseCredential } from '../../functions/shared/secrets/secret-value.ts';

/** The access token of AWSCURRENT. */
export type CurrentToken =
  | {
      readonly kind: 'read';
      /** When the version was stored. */
      readonly storedAt: Date | undefined;
      readonly expiresAt: Date | undefined;
      /** Absent in a secret that has never been rotated. Never printed. */
      readonly accessToken: string | undefined;
      /** The Genesys Cloud host. */
      readonly host: string;
      /** Whether there is a second grant, which a rotation may have dropped because it was dead. */
      readonly alternate: 'none' | 'stored' | 'lost';
    }
  /** There is no value, or it is not a complete credential. */
  | { readonly kind: 'incomplete'; readonly reason: string }
  /** The caller may not read it. */
  | { readonly kind: 'unreadable' }
  /** Its KMS key does not work: nobody can read it, consumers included. */
  | { readonly kind: 'undecryptable' };

/** Reads AWSCURRENT. A value that the caller may not read is a result, because status has more to show. */
export async function readCurrentToken(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<CurrentToken> {
  let value: GetSecretValueCommandOutput;
  try {
    value = await secrets.send(
      new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSCURRENT' }),
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return { kind: 'incomplete', reason: 'AWSCURRENT has no value.' };
    }
    const isRefused = error instanceof Error && error.name === 'AccessDeniedException';
    if (isRefused) return { kind: 'unreadable' };
    if (error instanceof DecryptionFailure) return { kind: 'undecryptable' };
    throw error;
  }
  try {
    const credential = parseCredential(secretArn, value);
    const { accessToken, expiresAt, host, alternateRefreshToken } = credential;
    const stored = alternateRefreshToken === undefined ? 'none' : 'stored';
    const alternate = hasLostAlternate(credential) ? 'lost' : stored;
    return { kind: 'read', storedAt: value.CreatedDate, expiresAt, accessToken, host, alternate };
  } catch (error) {
    if (error instanceof InvalidSecret) return { kind: 'incomplete', reason: error.message };
    throw error;
  }
}
