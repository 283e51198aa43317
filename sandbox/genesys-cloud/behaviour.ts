/**
 * What Genesys Cloud does where its documentation is silent or leaves it to the organisation. The defaults are
 * the worse case for whoever holds a credential, but for `reuseRevokesLineage` and `loginEndsEarlierLogins`.
 */
export interface GenesysBehaviour {
  /**
   * `single-use`: a refresh gives a new refresh token, the spent one is dead from that moment.
   * `reusable`: the same refresh token stays good and is given again.
   */
  readonly refreshTokens: 'single-use' | 'reusable';
  /** Whether the answer to a refresh carries a refresh token; without one the old one stays good (RFC 6749 §6). */
  readonly refreshReturnsRefreshToken: boolean;
  /** Whether presenting a spent refresh token kills everything that descends from the same login (RFC 9700 §4.14.2). */
  readonly reuseRevokesLineage: boolean;
  /** Whether a login ends the earlier logins of the same user at the same client; undocumented, and `false` by default. */
  readonly loginEndsEarlierLogins: boolean;
  /** Whether a refresh ends the access tokens issued before it at once, or lets them live to their end. */
  readonly refreshRevokesAccessTokens: boolean;
  /** The HTTP status of `invalid_grant`. */
  readonly invalidGrantStatus: 400 | 401;
  /** The HTTP status of `invalid_client`. */
  readonly invalidClientStatus: 400 | 401;
  /** Whether a successful token answer also has the `error` member that the vendor's sample answer shows. */
  readonly errorTextOnSuccess: boolean;
  /**
   * The organisation's automatic inactivity timeout, 5 to 480 minutes; `off` by default. When it is on, no
   * token answer carries a refresh token, and an access token idle for so long is revoked (Genesys Cloud
   * Resource Center, "Set an automatic inactivity timeout").
   */
  readonly inactivityTimeoutMinutes: number | 'off';
}

/** The worse case wherever the vendor's documentation leaves a choice, but for `reuseRevokesLineage` and `loginEndsEarlierLogins`. */
export const WORST_CASE: GenesysBehaviour = {
  refreshTokens: 'single-use',
  refreshReturnsRefreshToken: true,
  reuseRevokesLineage: false,
  loginEndsEarlierLogins: false,
  refreshRevokesAccessTokens: true,
  invalidGrantStatus: 400,
  invalidClientStatus: 400,
  errorTextOnSuccess: false,
  inactivityTimeoutMinutes: 'off',
};
