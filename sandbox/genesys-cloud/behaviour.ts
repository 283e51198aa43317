/**
 * Behaviour that Genesys Cloud does not document or leaves to the organisation. The defaults are the worse case for the
 * holder of a credential, except `reuseRevokesLineage` and `loginEndsEarlierLogins`.
 */
export interface GenesysBehaviour {
  /**
   * `single-use`: a refresh returns a new refresh token; the spent one no longer works. `reusable`: the same refresh
   * token stays valid and is returned again.
   */
  readonly refreshTokens: 'single-use' | 'reusable';
  /** Whether the response to a refresh contains a refresh token; otherwise the old one stays valid (RFC 6749 §6). */
  readonly refreshReturnsRefreshToken: boolean;
  /** Whether presenting a spent refresh token revokes all tokens of the same login (RFC 9700 §4.14.2). */
  readonly reuseRevokesLineage: boolean;
  /** Whether a login ends the earlier logins of the same user at the same client (undocumented; default: `false`). */
  readonly loginEndsEarlierLogins: boolean;
  /** Whether a refresh revokes the access tokens issued before it, or lets them expire. */
  readonly refreshRevokesAccessTokens: boolean;
  /** The HTTP status of `invalid_grant`. */
  readonly invalidGrantStatus: 400 | 401;
  /** The HTTP status of `invalid_client`. */
  readonly invalidClientStatus: 400 | 401;
  /** Whether a successful token response also has the `error` member of the vendor's sample response. */
  readonly errorTextOnSuccess: boolean;
  /**
   * The organisation's automatic inactivity timeout, 5 to 480 minutes (default: `off`). When it is on, token responses
   * contain no refresh token, and an access token that is idle for that long is revoked (Genesys Cloud Resource Center,
   * "Set an automatic inactivity timeout").
   */
  readonly inactivityTimeoutMinutes: number | 'off';
}

/** See {@link GenesysBehaviour}. */
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
