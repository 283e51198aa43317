import { createHash } from 'node:crypto';
import type { Credential } from '../secrets/secret-value.ts';

/**
 * Names a refresh token without revealing it: SHA-256 over the client id and the token. The client id belongs to it,
 * because a token is good for its own client only. Encoded as JSON, so that no two pairs of texts give the same bytes.
 */
export function fingerprintOf({
  clientId,
  refreshToken,
}: Pick<Credential, 'clientId' | 'refreshToken'>): string {
  return createHash('sha256')
    .update(JSON.stringify([clientId, refreshToken]))
    .digest('hex');
}
