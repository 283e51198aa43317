import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request's target, and the access parameters of its query. */
export interface AccessQuery {
  /** The target without `token` and `code`. */
  readonly target: string;
  readonly token: string | null;
  readonly code: string | null;
}

/**
 * Authorises users of the control API by a token that only the user who started the sandbox has. The loopback interface
 * is open to every user of the machine.
 */
export class Access {
  readonly token = randomText();
  readonly #codes = new Set<string>();

  /**
   * Makes a code that can be exchanged for the token once. A browser is started with it instead of the token: other
   * users can read the command lines of processes.
   */
  issueCode(): string {
    const code = randomText();
    this.#codes.add(code);
    return code;
  }

  /** Redeems a code; false when it is unknown or was used before. */
  redeem(code: string): boolean {
    return this.#codes.delete(code);
  }

  /** Whether a request carries the token: as a bearer token or, where a browser cannot set headers, in its query. */
  isGranted({ method, headers }: IncomingMessage, queryToken: string | null): boolean {
    const [, bearer] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    const given = bearer ?? (method === 'GET' ? queryToken : null);
    return given !== null && timingSafeEqual(digest(given), digest(this.token));
  }
}

/** Takes `token` and `code` out of a request's target; the rest stays unchanged. */
export function accessQuery(url: string): AccessQuery {
  const start = url.indexOf('?');
  if (start < 0) return { target: url, token: null, code: null };
  const query = new URLSearchParams(url.slice(start + 1));
  const [token, code] = [query.get('token'), query.get('code')];
  if (token === null && code === null) return { target: url, token, code };
  query.delete('token');
  query.delete('code');
  const rest = query.toString();
  return { target: url.slice(0, start) + (rest === '' ? '' : `?${rest}`), token, code };
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
