import { createHash } from 'node:crypto';
import type { Credential } from '../secrets/secret-value.ts';

/**
 * Identifies a refresh token without revealing it: SHA-256 over the client id and the token, because a token is valid
 * for its own client only. JSON gives different bytes for different pairs.
 */
export function fingerprintOf({
  clientId,
  refreshToken,
}: Pick<Credential, 'clientId' | 'refreshToken'>): string {
  return createHash('sha256')
    .update(JSON.stringify([clientId, refreshToken]))
    .digest('hex');
}
