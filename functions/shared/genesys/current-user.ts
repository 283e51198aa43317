import {
  AccessTokenForbidden,
  AccessTokenRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../errors.ts';
import { jsonObject } from '../input/parse.ts';
import { httpExchange, responseLabel } from './http-exchange.ts';

/** Options of a call with an access token. */
export interface CurrentUserOptions {
  /** Named in the errors. */
  readonly secretArn: string;
  readonly apiUrl: string;
  /** Gives up after this long, in ms; stays below the function's own timeout. */
  readonly timeoutMs: number;
}

/** Errors, logs and the workflow's state quote the id. */
const USER_ID = /^[\w-]{1,64}$/;

/**
 * Gets the user of an access token (GET /api/v2/users/me), which proves that the token works and has a user context.
 * Only the user's id is kept: the rest of the response is personal data.
 *
 * @throws AccessTokenRejected  401
 * @throws AccessTokenForbidden 403
 * @throws GenesysRateLimited   429
 * @throws GenesysUnavailable   not reached, no response in time, or any other response; the call may be repeated
 */
export async function currentUserId(accessToken: string, options: CurrentUserOptions): Promise<string> {
  const { secretArn } = options;
  const outcome = await httpExchange(
    `${options.apiUrl}/api/v2/users/me`,
    { headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' } },
    options.timeoutMs,
  );
  if (outcome.kind !== 'responded') {
    throw new GenesysUnavailable(
      `Genesys Cloud's API did not respond during verification of the access token of secret ${secretArn} (${outcome.reason}). Redrive the execution once it responds.`,
    );
  }
  const label = responseLabel(outcome);
  switch (outcome.status) {
    case 401:
      throw new AccessTokenRejected(
        `Genesys Cloud rejected the new access token of secret ${secretArn} (${label}). AWSCURRENT is unchanged, and the pending version is kept. Redrive the execution.`,
      );
    case 403:
      throw new AccessTokenForbidden(
        `The new access token of secret ${secretArn} works, but its user may not call /api/v2/users/me (${label}). Grant that permission to the user or the client's scope, then redrive the execution.`,
      );
    case 429:
      throw new GenesysRateLimited(
        `Genesys Cloud rate-limited the API requests for secret ${secretArn} (${label}). Redrive the execution later.`,
      );
  }
  const id = outcome.status === 200 ? jsonObject(outcome.body)?.id : undefined;
  if (typeof id !== 'string' || !USER_ID.test(id)) {
    throw new GenesysUnavailable(
      `Genesys Cloud's API responded without a user during verification of the access token of secret ${secretArn} (${label}). Redrive the execution once the API works again.`,
    );
  }
  return id;
}
