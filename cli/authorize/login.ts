import * as oauth from 'oauth4webapi';
import { CliError } from '../shared/cli-error.ts';
import { openBrowser } from '../shared/open-browser.ts';
import type { OAuthClient } from './oauth-client.ts';
import { type InputLines, interrupted, type Questions } from './questions.ts';
import { RedirectServer, redirectUriOf } from './redirect-server.ts';

/** The options of the login. */
export interface LoginOptions {
  readonly redirectPort: number;
  /** How long to wait for the redirect, in ms. */
  readonly timeoutMs: number;
  /** Whether the user pastes the code. */
  readonly paste: boolean;
  readonly openBrowser: boolean;
}

/** What the login uses. */
export interface LoginDependencies {
  readonly questions: Questions;
  readonly lines: InputLines;
  readonly interactive: boolean;
  /** Prints a message to the user, also with --json. */
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The response of a login, before validation. */
export interface LoginResponse {
  readonly parameters: URLSearchParams;
  /** Undefined if only the code was pasted; then only PKCE binds it to this login. */
  readonly state: string | undefined;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Opens the login page of Genesys Cloud and waits for the redirect.
 *
 * @throws CliError timed out, Ctrl-C, or the port is in use
 * @see RFC 7636 (PKCE), RFC 8252 (OAuth 2.0 for Native Apps)
 */
export async function logIn(
  { clientId }: Pick<OAuthClient, 'clientId'>,
  loginUrl: string,
  options: LoginOptions,
  dependencies: LoginDependencies,
): Promise<LoginResponse> {
  const redirectUri = redirectUriOf(options.redirectPort);
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const address = new URL(`${loginUrl}/oauth/authorize`);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  }).toString();

  const showAddress = async (): Promise<void> => {
    dependencies.print(
      `The OAuth client must have the redirect URI ${redirectUri}\nLog in to Genesys Cloud at\n\n  ${address.href}\n`,
    );
    if (options.openBrowser) await openBrowser(address.href, dependencies.print);
  };
  if (options.paste) {
    await showAddress();
    return { ...(await readPastedCode(state, dependencies)), redirectUri, codeVerifier };
  }
  const server = await RedirectServer.open(options.redirectPort, state);
  try {
    await showAddress();
    dependencies.print(`Waiting up to ${options.timeoutMs / 1000} s for the login. Press Ctrl-C to cancel.`);
    const parameters = await waitForLogin(server, redirectUri, options, dependencies.signal);
    return { parameters, state, redirectUri, codeVerifier };
  } finally {
    await server.close();
  }
}

async function waitForLogin(
  server: RedirectServer,
  redirectUri: string,
  { timeoutMs, redirectPort }: LoginOptions,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await server.waitForRedirect(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (!timeout.aborted) throw error;
    throw new CliError(
      'failed',
      `No login within ${timeoutMs / 1000} s. Nothing was written. If Genesys Cloud showed an error instead of its login page, the OAuth client does not exist in this region or lacks the redirect URI ${redirectUri}: add exactly this URI to its authorized redirect URIs (Admin, Integrations, OAuth). If the browser runs on another machine, forward port ${redirectPort}, or use --paste.`,
    );
  }
}

/** Reads the pasted code without echoing it: it is a secret until it is exchanged. */
async function readPastedCode(
  expectedState: string,
  { questions, lines, interactive, print }: LoginDependencies,
): Promise<Pick<LoginResponse, 'parameters' | 'state'>> {
  print(
    'After the login, the browser is redirected to an address that it cannot open. That is expected. Copy that address.',
  );
  const text = interactive
    ? await questions.hidden('Address that the login redirected to, or its code', '')
    : await lines.next('the address that the login redirected to, or its code');
  if (!URL.canParse(text)) return { parameters: new URLSearchParams({ code: text }), state: undefined };
  return { parameters: new URL(text).searchParams, state: expectedState };
}
