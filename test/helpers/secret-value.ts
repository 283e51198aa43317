/** Sentinels for secrets of each kind. No message, log line or result may contain one. */
export const SENTINELS = {
  clientSecret: 'sentinel-client-secret',
  accessToken: 'sentinel-current-access-token',
  refreshToken: 'sentinel-current-refresh-token',
  alternateRefreshToken: 'sentinel-alternate-refresh-token',
  newAccessToken: 'sentinel-new-access-token',
  newRefreshToken: 'sentinel-new-refresh-token',
  rotationToken: 'sentinel-rotation-token',
} as const;

/** The keys of a complete credential, each with a sentinel where it is secret. */
export function secretKeys(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    clientId: 'client-id',
    clientSecret: SENTINELS.clientSecret,
    accessToken: SENTINELS.accessToken,
    refreshToken: SENTINELS.refreshToken,
    ...changes,
  };
}

/** The value of a secret; `undefined` removes a key. */
export function secretValue(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(secretKeys(changes));
}
