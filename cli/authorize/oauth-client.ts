import { GENESYS_HOSTS } from '../../functions/shared/genesys/regions.ts';
import { CliError } from '../shared/cli-error.ts';
import type { InputLines, Questions } from './questions.ts';
import type { ExistingSecret } from './target-secret.ts';

/** The OAuth client that requests the tokens. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The Genesys Cloud host of its organisation. */
  readonly host: string;
}

/** The options that select the client. */
export interface ClientOptions {
  readonly clientId?: string;
  readonly host?: string;
  readonly clientSecretFromStdin: boolean;
  readonly otherClient: boolean;
}

/** The variable that may hold the client secret. An argument would be visible in the process list. */
const CLIENT_SECRET_VARIABLE = 'GENESYS_CLIENT_SECRET';

/**
 * Determines the client from the command line, then from the existing secret, and prompts for the rest.
 *
 * @throws CliError `refused`: it is not the client in the secret; `usage`: something is missing, and there is no
 *         terminal to prompt for it
 */
export async function chooseClient(
  options: ClientOptions,
  existing: ExistingSecret | undefined,
  { questions, lines, interactive }: { questions: Questions; lines: InputLines; interactive: boolean },
): Promise<OAuthClient> {
  const { otherClient } = options;
  const clientId =
    options.clientId ??
    (otherClient ? undefined : existing?.clientId) ??
    (await questions.text('Client id of the OAuth client', 'Pass the OAuth client with --client-id.'));
  const host =
    options.host ??
    existing?.host ??
    (await questions.choice(
      'Region of the Genesys Cloud organisation',
      GENESYS_HOSTS,
      `Pass the region with --genesys-region: one of ${GENESYS_HOSTS.join(', ')}.`,
    ));
  const isOther =
    (existing?.clientId !== undefined && existing.clientId !== clientId) ||
    (existing?.host !== undefined && existing.host !== host);
  if (isOther && !otherClient) {
    throw new CliError(
      'refused',
      `The secret ${existing.name} holds a credential of client ${existing.clientId ?? '(none)'} at ${existing.host ?? 'an unknown region'}, not of ${clientId} at ${host}. Nothing was changed. Add --other-client to replace the client.`,
    );
  }

  const hiddenQuestion = (): Promise<string> =>
    questions.hidden(
      `Client secret of ${clientId}`,
      `Pass the client secret with --client-secret-stdin or in the variable ${CLIENT_SECRET_VARIABLE}.`,
    );
  if (options.clientSecretFromStdin) {
    const clientSecret = await (interactive ? hiddenQuestion() : lines.next('the client secret'));
    return { clientId, host, clientSecret };
  }
  const known = process.env[CLIENT_SECRET_VARIABLE]?.trim() || (isOther ? undefined : existing?.clientSecret);
  return { clientId, host, clientSecret: known ?? (await hiddenQuestion()) };
}
