import { createHash } from 'node:crypto';

/** Identifies a token without revealing it: the first 16 hexadecimal digits of its SHA-256. */
export function fingerprintOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}
