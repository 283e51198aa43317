import {
  DecryptionFailure,
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../../functions/shared/errors.ts';
import { parseCredential } from '../../functions/shared/secret-value.ts';

/** What AWSCURRENT tells of the access token. */
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
    }
  /** There is no value, or it is no complete credential. */
  | { readonly kind: 'incomplete'; readonly reason: string }
  /** The identity at work may not read it. */
  | { readonly kind: 'unreadable' };

/** Reads AWSCURRENT; a value that may not be read is an answer, too, since status has more to tell. */
export async function readCurrentToken(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<CurrentToken> {
  let answer: GetSecretValueCommandOutput;
  try {
    answer = await secrets.send(
      new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSCURRENT' }),
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return { kind: 'incomplete', reason: 'AWSCURRENT has no value.' };
    }
    const isRefused = error instanceof Error && error.name === 'AccessDeniedException';
    if (isRefused || error instanceof DecryptionFailure) return { kind: 'unreadable' };
    throw error;
  }
  try {
    const { accessToken, expiresAt, host } = parseCredential(secretArn, answer);
    return { kind: 'read', storedAt: answer.CreatedDate, expiresAt, accessToken, host };
  } catch (error) {
    if (error instanceof InvalidSecret) return { kind: 'incomplete', reason: error.message };
    throw error;
  }
}
