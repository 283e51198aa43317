import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../durations.ts';
import { Listeners } from '../listeners.ts';
import type { GenesysBehaviour } from './behaviour.ts';
import type { OAuthClient } from './directory.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  type GrantType,
  type Lineage,
  type LineageView,
  revoke,
  stateOf,
  type Token,
  type TokenIssued,
  viewOf,
} from './lineage.ts';

/** The tokens that the token endpoint issues. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** The state of an access token at the API. */
export type AccessCheck =
  | { readonly outcome: 'accepted'; readonly lineage: Lineage; readonly token: Token }
  | { readonly outcome: 'unknown' | 'expired' };

/** All tokens that were ever issued, and their state. */
export class TokenStore {
  readonly #clock: Clock;
  readonly #behaviour: () => GenesysBehaviour;
  readonly #tokens = new Map<string, Token>();
  readonly #lineages = new Map<string, Lineage>();
  readonly #listeners = new Listeners<TokenIssued>();

  readonly onTokenIssued = this.#listeners.add;

  constructor(clock: Clock, behaviour: () => GenesysBehaviour) {
    this.#clock = clock;
    this.#behaviour = behaviour;
  }

  /** Starts a lineage at a login. */
  begin(
    client: OAuthClient,
    login: { code: string; userId: string; scope: readonly string[]; withRefreshToken: boolean },
  ): IssuedTokens {
    const lineage: Lineage = {
      id: randomUUID(),
      clientId: client.clientId,
      region: client.region,
      userId: login.userId,
      code: login.code,
      scope: login.scope,
      tokens: [],
    };
    if (this.#behaviour().loginEndsEarlierLogins) {
      this.revokeLineages(({ clientId, userId }) => clientId === client.clientId && userId === login.userId);
    }
    this.#lineages.set(lineage.id, lineage);
    const returnsRefreshToken = login.withRefreshToken && this.#inactivityTimeoutMs() === undefined;
    const refreshToken = returnsRefreshToken
      ? this.#newRefreshToken(lineage, 'authorization_code')
      : undefined;
    return this.#issue(client, lineage, 'authorization_code', refreshToken);
  }

  /**
   * Exchanges a refresh token.
   *
   * @returns undefined when it is unknown, spent, revoked or belongs to another client
   */
  refresh(client: OAuthClient, presented: string): IssuedTokens | undefined {
    const token = this.#tokens.get(presented);
    if (token?.kind !== 'refresh' || token.lineage.clientId !== client.clientId) return undefined;
    const behaviour = this.#behaviour();
    if (token.ended !== 'no') {
      if (token.ended === 'spent' && behaviour.reuseRevokesLineage) revoke(token.lineage);
      return undefined;
    }
    if (behaviour.refreshRevokesAccessTokens) revoke(token.lineage, 'access');
    const returnsRefreshToken =
      behaviour.refreshReturnsRefreshToken && this.#inactivityTimeoutMs() === undefined;
    // Without a successor the client's refresh token stays valid.
    let next: string | undefined;
    if (returnsRefreshToken && behaviour.refreshTokens === 'reusable') next = presented;
    else if (returnsRefreshToken) {
      token.ended = 'spent';
      next = this.#newRefreshToken(token.lineage, 'refresh_token');
    }
    return this.#issue(client, token.lineage, 'refresh_token', next);
  }

  /** The state of the access token in that region; does not count as a use. */
  check(accessToken: string, region: string): AccessCheck {
    const token = this.#tokens.get(accessToken);
    if (token?.kind !== 'access' || token.lineage.region !== region) return { outcome: 'unknown' };
    const idlesAtMs = this.idlesAt(token)?.getTime();
    if (idlesAtMs !== undefined && this.#clock.nowMs() >= idlesAtMs && token.ended === 'no')
      token.ended = 'revoked';
    const state = stateOf(token, this.#clock.nowMs());
    if (state === 'live') return { outcome: 'accepted', lineage: token.lineage, token };
    return { outcome: state === 'expired' ? 'expired' : 'unknown' };
  }

  /** Resets the token's idle timer. */
  touch(token: Token): void {
    token.lastUsedMs = this.#clock.nowMs();
  }

  /** When the token will be revoked for idleness; undefined without an inactivity timeout. */
  idlesAt(token: Token): Date | undefined {
    const timeoutMs = this.#inactivityTimeoutMs();
    return timeoutMs === undefined ? undefined : new Date(token.lastUsedMs + timeoutMs);
  }

  /** `DELETE /api/v2/tokens/me`: also revokes the refresh token, as an explicit logout does. */
  deleteAccessToken(token: Token): void {
    revoke(token.lineage);
  }

  /** Revokes every token of the lineages that match `matches`. */
  revokeLineages(matches: (lineage: Lineage) => boolean): void {
    for (const lineage of this.#lineages.values()) if (matches(lineage)) revoke(lineage);
  }

  /** The client's lineages, oldest first. */
  lineages(clientId: string): readonly LineageView[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#lineages.values()]
      .filter(lineage => lineage.clientId === clientId)
      .map(lineage => viewOf(lineage, nowMs));
  }

  /** Whether the token with that fingerprint is valid. */
  isLive(fingerprint: string): boolean {
    const nowMs = this.#clock.nowMs();
    return [...this.#tokens.values()].some(
      token => token.fingerprint === fingerprint && stateOf(token, nowMs) === 'live',
    );
  }

  /** Every token ever issued, by value. */
  issuedValues(): readonly string[] {
    return [...this.#tokens.keys()];
  }

  #issue(
    client: OAuthClient,
    lineage: Lineage,
    grant: GrantType,
    refreshToken: string | undefined,
  ): IssuedTokens {
    const nowMs = this.#clock.nowMs();
    const expiresAtMs = nowMs + client.tokenDurationSeconds * 1000;
    const accessToken = this.#newToken('access', lineage, grant, expiresAtMs);
    const event: TokenIssued = {
      at: new Date(nowMs),
      clientId: client.clientId,
      lineage: lineage.id,
      grant,
      fingerprint: fingerprintOf(accessToken),
      expiresAt: new Date(expiresAtMs),
      refreshTokenFingerprint: refreshToken && fingerprintOf(refreshToken),
    };
    this.#listeners.notify(event);
    return { accessToken, refreshToken };
  }

  #newRefreshToken(lineage: Lineage, grant: GrantType): string {
    return this.#newToken('refresh', lineage, grant, Number.POSITIVE_INFINITY);
  }

  #newToken(kind: Token['kind'], lineage: Lineage, grant: GrantType, expiresAtMs: number): string {
    const value = randomBytes(64).toString('base64url');
    const nowMs = this.#clock.nowMs();
    const token: Token = {
      fingerprint: fingerprintOf(value),
      kind,
      grant,
      issuedAtMs: nowMs,
      expiresAtMs,
      lineage,
      ended: 'no',
      lastUsedMs: nowMs,
    };
    this.#tokens.set(value, token);
    lineage.tokens.push(token);
    return value;
  }

  #inactivityTimeoutMs(): number | undefined {
    const minutes = this.#behaviour().inactivityTimeoutMinutes;
    return minutes === 'off' ? undefined : minutes * MINUTE_MS;
  }
}
