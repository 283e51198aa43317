import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** Lifetime of a code, in seconds. */
const CODE_LIFETIME_SECONDS = 60;

/** A PKCE challenge (RFC 7636 §4.2). */
export interface CodeChallenge {
  readonly challenge: string;
  readonly method: 'S256' | 'plain';
}

/** What a user authorized by logging in. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly codeChallenge?: CodeChallenge;
}

/** A client's request to exchange a code. */
export interface CodeRedemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
  /** Whether the client authenticated with its secret; otherwise only PKCE proves that the code is its own. */
  readonly authenticated: boolean;
}

/**
 * The result of presenting a code: the authorization; `used` if the code was presented before; undefined if it is not
 * valid.
 */
export type Redemption = Authorization | 'used' | undefined;

/** Authorization codes: each valid for one exchange within 60 s (RFC 6749 §4.1.2). */
export class AuthorizationCodes {
  readonly #clock: Clock;
  readonly #pending = new Map<string, { authorization: Authorization; expiresAtMs: number }>();
  readonly #issued = new Set<string>();
  /** The client of each spent code. */
  readonly #spent = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Issues a code for what the user authorized. */
  issue(authorization: Authorization): string {
    const code = randomBytes(32).toString('base64url');
    this.#issued.add(code);
    this.#pending.set(code, {
      authorization,
      expiresAtMs: this.#clock.nowMs() + CODE_LIFETIME_SECONDS * 1000,
    });
    return code;
  }

  /**
   * Spends the code even if the exchange is refused, because an attempt with a wrong redirect URI or verifier may be an
   * attack. A code of another client stays valid.
   *
   * @returns `used` only to the client that the code was for
   */
  redeem(redemption: CodeRedemption): Redemption {
    if (this.#spent.get(redemption.code) === redemption.clientId) return 'used';
    const pending = this.#pending.get(redemption.code);
    if (pending?.authorization.clientId !== redemption.clientId) return undefined;
    this.#pending.delete(redemption.code);
    this.#spent.set(redemption.code, redemption.clientId);
    const { authorization, expiresAtMs } = pending;
    if (this.#clock.nowMs() >= expiresAtMs) return undefined;
    if (authorization.redirectUri !== redemption.redirectUri) return undefined;
    if (!redemption.authenticated && authorization.codeChallenge === undefined) return undefined;
    return verifierMatches(authorization.codeChallenge, redemption.codeVerifier) ? authorization : undefined;
  }

  /** Every code ever issued. */
  issuedValues(): readonly string[] {
    return [...this.#issued];
  }
}

/** RFC 7636 §4.6; a verifier without a challenge is also refused (RFC 9700 §2.1.1, PKCE downgrade). */
function verifierMatches(expected: CodeChallenge | undefined, verifier: string | undefined): boolean {
  if (expected === undefined || verifier === undefined) return expected === verifier;
  if (expected.method === 'plain') return verifier === expected.challenge;
  return createHash('sha256').update(verifier).digest('base64url') === expected.challenge;
}
