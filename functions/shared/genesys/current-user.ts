import {
  AccessTokenForbidden,
  AccessTokenRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../errors.ts';
import { jsonObject } from '../input/parse.ts';
import { answerLabel, httpExchange } from './http-exchange.ts';

/** The circumstances of a call with an access token. */
export interface CurrentUserOptions {
  /** Named in the errors. */
  readonly secretArn: string;
  readonly apiUrl: string;
  /** Gives up after this long, in ms; stays below the function's own time-out. */
  readonly timeoutMs: number;
}

/** Errors, logs and the workflow's state quote the id. */
const USER_ID = /^[\w-]{1,64}$/;

/**
 * Asks Genesys Cloud whose access token this is (GET /api/v2/users/me), which proves that it lives and has a user's
 * context. Only the user's id is kept: the rest of the answer is personal data.
 *
 * @throws AccessTokenRejected  401
 * @throws AccessTokenForbidden 403
 * @throws GenesysRateLimited   429
 * @throws GenesysUnavailable   not reached, no answer in time, or any other answer; the call may be repeated
 */
export async function currentUserId(accessToken: string, options: CurrentUserOptions): Promise<string> {
  const { secretArn } = options;
  const outcome = await httpExchange(
    `${options.apiUrl}/api/v2/users/me`,
    { headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' } },
    options.timeoutMs,
  );
  if (outcome.kind !== 'answered') {
    throw new GenesysUnavailable(
      `Genesys Cloud's API did not answer while the access token of secret ${secretArn} was verified (${outcome.reason}). Redrive the execution once it does.`,
    );
  }
  const label = answerLabel(outcome);
  switch (outcome.status) {
    case 401:
      throw new AccessTokenRejected(
        `Genesys Cloud rejected the new access token of secret ${secretArn} (${label}). AWSCURRENT is untouched and the pending version is kept; redrive the execution.`,
      );
    case 403:
      throw new AccessTokenForbidden(
        `The new access token of secret ${secretArn} lives, but its user may not call /api/v2/users/me (${label}). Give the user or the client's scope that permission, then redrive the execution.`,
      );
    case 429:
      throw new GenesysRateLimited(
        `Genesys Cloud limits the rate of API requests for secret ${secretArn} (${label}). Redrive the execution later.`,
      );
  }
  const id = outcome.status === 200 ? jsonObject(outcome.body)?.id : undefined;
  if (typeof id !== 'string' || !USER_ID.test(id)) {
    throw new GenesysUnavailable(
      `Genesys Cloud's API answered ${label} without a user while the access token of secret ${secretArn} was verified. Redrive the execution once it serves again.`,
    );
  }
  return id;
}
