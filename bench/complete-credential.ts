import * as v from 'valibot';

const filled = v.pipe(v.string(), v.nonEmpty());

/** A secret value that is a complete credential: enough to call Genesys Cloud and to refresh. */
export const completeCredential = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    clientId: filled,
    clientSecret: filled,
    accessToken: filled,
    refreshToken: filled,
    alternateRefreshToken: v.nullish(filled),
  }),
);
