import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import {
  type HttpOutcome,
  httpExchange,
  responseLabel,
} from '../../functions/shared/genesys/http-exchange.ts';
import { jsonObject } from '../../functions/shared/input/parse.ts';
import { oneLine } from '../../functions/shared/output/plain-text.ts';
import { CliError } from '../shared/cli-error.ts';

/** The user and organisation of an access token. */
export interface TokenOwner {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly organization?: { readonly id: string; readonly name?: string };
}

const API_TIMEOUT_MS = 10_000;

/** The pauses between attempts. */
const PAUSES_MS = [500, 2_000];

/** In characters; longer than any name or email address. */
const MAX_SHOWN_LENGTH = 320;

/** A string to print on the terminal. */
const shown = v.pipe(
  v.string(),
  v.transform(text => oneLine(text, MAX_SHOWN_LENGTH)),
);

const userResponse = v.object({
  id: v.pipe(shown, v.minLength(1)),
  name: v.optional(shown),
  email: v.optional(shown),
});

const tokenResponse = v.object({
  organization: v.object({ id: shown, name: v.optional(shown) }),
});

/**
 * Gets the user of new tokens from Genesys Cloud and, if available, the organisation.
 *
 * @throws CliError the API does not accept the access token
 */
export async function ownerOf(accessToken: string, apiUrl: string): Promise<TokenOwner> {
  let outcome = await ask(accessToken, `${apiUrl}/api/v2/users/me`);
  for (const pauseMs of PAUSES_MS) {
    if (!isTransient(outcome)) break;
    await wait(pauseMs);
    outcome = await ask(accessToken, `${apiUrl}/api/v2/users/me`);
  }
  const user = read(userResponse, outcome);
  if (user === undefined) throw notVerified(outcome);
  const organization = await organizationOf(accessToken, apiUrl);
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    ...(organization !== undefined && { organization }),
  };
}

/** The organisation of an access token that may have expired; undefined when the API does not return one. */
export async function organizationOf(
  accessToken: string,
  apiUrl: string,
): Promise<TokenOwner['organization']> {
  const token = await ask(accessToken, `${apiUrl}/api/v2/tokens/me?preserveIdleTTL=true`);
  const organization = read(tokenResponse, token)?.organization;
  return organization && { id: organization.id, name: organization.name };
}

/** The user of an access token that may have expired; undefined when the API does not return one. */
export async function userIdOf(accessToken: string, apiUrl: string): Promise<string | undefined> {
  return read(userResponse, await ask(accessToken, `${apiUrl}/api/v2/users/me`))?.id;
}

function ask(accessToken: string, url: string): Promise<HttpOutcome> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  return httpExchange(url, { headers }, API_TIMEOUT_MS);
}

function isTransient(outcome: HttpOutcome): boolean {
  return outcome.kind !== 'responded' || outcome.status === 429 || outcome.status >= 500;
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, outcome: HttpOutcome): Output | undefined {
  if (outcome.kind !== 'responded' || outcome.status !== 200) return undefined;
  const parsed = v.safeParse(schema, jsonObject(outcome.body));
  return parsed.success ? parsed.output : undefined;
}

function notVerified(outcome: HttpOutcome): CliError {
  const what = outcome.kind === 'responded' ? responseLabel(outcome) : outcome.reason;
  const advice =
    outcome.kind === 'responded' && outcome.status === 403
      ? 'The user may not call /api/v2/users/me: grant that permission to the user, or the scope for it to the client.'
      : "Run the command again when Genesys Cloud's API is available.";
  return new CliError(
    'failed',
    `The new tokens could not be verified with GET /api/v2/users/me (${what}). Nothing was written. ${advice}`,
  );
}
