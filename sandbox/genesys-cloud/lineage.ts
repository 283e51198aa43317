/** The grants that tokens are issued for, by their OAuth names. */
export type GrantType = 'authorization_code' | 'refresh_token';

/** A token for tests and reports: its fingerprint, never its value. */
export interface TokenView {
  readonly fingerprint: string;
  readonly kind: 'access' | 'refresh';
  readonly grant: GrantType;
  readonly issuedAt: Date;
  /** Only access tokens expire. */
  readonly expiresAt?: Date;
  /** `spent`: a refresh token that was exchanged for its successor. */
  readonly state: 'live' | 'expired' | 'spent' | 'revoked';
}

/** Everything that descends from one login. */
export interface LineageView {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  /** In the order of issue. */
  readonly tokens: readonly TokenView[];
}

/** Called when tokens are issued, before any interceptor delays or drops the response. */
export interface TokenIssued {
  readonly at: Date;
  readonly clientId: string;
  /** The id of the lineage. */
  readonly lineage: string;
  readonly grant: GrantType;
  /** The access token's fingerprint. */
  readonly fingerprint: string;
  /** When the access token expires. */
  readonly expiresAt: Date;
  /** Present when the response contains a refresh token. */
  readonly refreshTokenFingerprint?: string;
}

/** A token, without its value. */
export interface Token {
  readonly fingerprint: string;
  readonly kind: 'access' | 'refresh';
  readonly grant: GrantType;
  readonly issuedAtMs: number;
  /** Infinity for refresh tokens. */
  readonly expiresAtMs: number;
  readonly lineage: Lineage;
  ended: 'no' | 'spent' | 'revoked';
  /** When an API call last reset the idle timer. */
  lastUsedMs: number;
}

/** The tokens that descend from one login. */
export interface Lineage {
  readonly id: string;
  readonly clientId: string;
  readonly region: string;
  readonly userId: string;
  /** The authorization code of the login. */
  readonly code: string;
  readonly scope: readonly string[];
  readonly tokens: Token[];
}

/** Revokes the valid tokens of the lineage; `kind` limits it to access or refresh tokens. */
export function revoke(lineage: Lineage, kind?: Token['kind']): void {
  for (const token of lineage.tokens)
    if (token.ended === 'no' && (kind === undefined || token.kind === kind)) token.ended = 'revoked';
}

/** The current state of the token. */
export function stateOf(token: Token, nowMs: number): TokenView['state'] {
  if (token.ended !== 'no') return token.ended;
  return nowMs >= token.expiresAtMs ? 'expired' : 'live';
}

/** The lineage for tests and reports. */
export function viewOf(lineage: Lineage, nowMs: number): LineageView {
  return {
    id: lineage.id,
    clientId: lineage.clientId,
    userId: lineage.userId,
    tokens: lineage.tokens.map(token => ({
      fingerprint: token.fingerprint,
      kind: token.kind,
      grant: token.grant,
      issuedAt: new Date(token.issuedAtMs),
      ...(Number.isFinite(token.expiresAtMs) && { expiresAt: new Date(token.expiresAtMs) }),
      state: stateOf(token, nowMs),
    })),
  };
}
