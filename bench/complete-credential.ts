import * as v from 'valibot';

const filled = v.pipe(v.string(), v.nonEmpty());

/** The value of a secret that is a complete credential: with it, anyone can call Genesys Cloud and refresh. */
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
