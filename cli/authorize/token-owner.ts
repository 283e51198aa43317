import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { answerLabel, type HttpOutcome, httpExchange } from '../../functions/shared/http-exchange.ts';
import { jsonObject } from '../../functions/shared/json-object.ts';
import { CliError } from '../shared/cli-error.ts';

/** Whose user an access token belongs to. */
export interface TokenOwner {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly organization?: { readonly id: string; readonly name?: string };
}

const API_TIMEOUT_MS = 10_000;

/** Tokens that a person logged in for are worth a few attempts. */
const PAUSES_MS = [500, 2_000];

/** It goes to a terminal, which must not be steered by a name. */
const shown = v.pipe(
  v.string(),
  v.transform(text => text.replaceAll(/\p{Cc}/gu, '')),
);

const userAnswer = v.object({
  id: v.pipe(shown, v.minLength(1)),
  name: v.optional(shown),
  email: v.optional(shown),
});

const tokenAnswer = v.object({
  organization: v.object({ id: shown, name: v.optional(shown) }),
});

/**
 * Asks Genesys Cloud whose user new tokens belong to, and of which organisation, where it tells.
 *
 * @throws CliError the API does not take the access token
 */
export async function ownerOf(accessToken: string, apiUrl: string): Promise<TokenOwner> {
  let outcome = await ask(accessToken, `${apiUrl}/api/v2/users/me`);
  for (const pauseMs of PAUSES_MS) {
    if (!isTransient(outcome)) break;
    await wait(pauseMs);
    outcome = await ask(accessToken, `${apiUrl}/api/v2/users/me`);
  }
  const user = read(userAnswer, outcome);
  if (user === undefined) throw notVerified(outcome);
  const told = await ask(accessToken, `${apiUrl}/api/v2/tokens/me?preserveIdleTTL=true`);
  const organization = read(tokenAnswer, told)?.organization;
  return {
    id: user.id,
    ...(user.name !== undefined && { name: user.name }),
    ...(user.email !== undefined && { email: user.email }),
    ...(organization !== undefined && {
      organization: {
        id: organization.id,
        ...(organization.name !== undefined && { name: organization.name }),
      },
    }),
  };
}

/** The user of an access token that may be dead; undefined when the API does not tell. */
export async function userIdOf(accessToken: string, apiUrl: string): Promise<string | undefined> {
  return read(userAnswer, await ask(accessToken, `${apiUrl}/api/v2/users/me`))?.id;
}

function ask(accessToken: string, url: string): Promise<HttpOutcome> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  return httpExchange(url, { headers }, API_TIMEOUT_MS);
}

function isTransient(outcome: HttpOutcome): boolean {
  return outcome.kind !== 'answered' || outcome.status === 429 || outcome.status >= 500;
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, outcome: HttpOutcome): Output | undefined {
  if (outcome.kind !== 'answered' || outcome.status !== 200) return undefined;
  const parsed = v.safeParse(schema, jsonObject(outcome.body));
  return parsed.success ? parsed.output : undefined;
}

function notVerified(outcome: HttpOutcome): CliError {
  const what = outcome.kind === 'answered' ? answerLabel(outcome) : outcome.reason;
  const advice =
    outcome.kind === 'answered' && outcome.status === 403
      ? 'The user may not call /api/v2/users/me: give that permission, or a scope that holds it to the client.'
      : "Run the command again once Genesys Cloud's API serves it.";
  return new CliError(
    'failed',
    `The new tokens could not be verified with GET /api/v2/users/me (${what}). Nothing was written. ${advice}`,
  );
}
