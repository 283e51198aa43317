import { createHash } from 'node:crypto';

/** Names a token without giving it away: the first 16 hexadecimal digits of its SHA-256. */
export function fingerprintOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}
