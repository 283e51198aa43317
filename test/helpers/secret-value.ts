/** What no message, log line or result may ever hold. Each stands for a secret of the kind that it names. */
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

/** The value of a secret; a change to `undefined` leaves the key out. */
export function secretValue(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(secretKeys(changes));
}
