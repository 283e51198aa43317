import * as oauth from 'oauth4webapi';
import { openBrowser } from '../../desktop/open-browser.ts';
import { CliError } from '../shared/cli-error.ts';
import type { OAuthClient } from './oauth-client.ts';
import { type InputLines, interrupted, type Questions } from './questions.ts';
import { RedirectServer, redirectUriOf } from './redirect-server.ts';

/** How the person logs in. */
export interface LoginOptions {
  readonly redirectPort: number;
  /** How long to wait for the redirect, in ms. */
  readonly timeoutMs: number;
  /** Whether the code comes by hand. */
  readonly paste: boolean;
  readonly openBrowser: boolean;
}

/** Who can be told and asked during the login. */
export interface LoginDependencies {
  readonly questions: Questions;
  readonly lines: InputLines;
  readonly interactive: boolean;
  /** Tells the person something, whatever the form of the result is. */
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A login that came back, not judged yet. */
export interface LoginAnswer {
  readonly parameters: URLSearchParams;
  /** Undefined where a bare code was pasted; only PKCE tells then that it belongs to this login. */
  readonly state: string | undefined;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Sends the person to the login page of Genesys Cloud, and waits for what it leads to.
 *
 * @throws CliError nothing came in time, Ctrl-C, or the port is in use
 * @see RFC 7636 (PKCE), RFC 8252 (OAuth 2.0 for Native Apps)
 */
export async function logIn(
  { clientId }: Pick<OAuthClient, 'clientId'>,
  loginUrl: string,
  options: LoginOptions,
  dependencies: LoginDependencies,
): Promise<LoginAnswer> {
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
    dependencies.tell(
      `The OAuth client must have the redirect URI ${redirectUri}\nLog in to Genesys Cloud at\n\n  ${address.href}\n`,
    );
    if (options.openBrowser) await openBrowser(address.href, dependencies.tell);
  };
  if (options.paste) {
    await showAddress();
    return { ...(await pasted(state, dependencies)), redirectUri, codeVerifier };
  }
  const server = await RedirectServer.open(options.redirectPort, state);
  try {
    await showAddress();
    dependencies.tell(`Waiting for the login, at most ${options.timeoutMs / 1000} s. Ctrl-C ends it.`);
    const parameters = await redirectInTime(server, redirectUri, options, dependencies.signal);
    return { parameters, state, redirectUri, codeVerifier };
  } finally {
    await server.close();
  }
}

async function redirectInTime(
  server: RedirectServer,
  redirectUri: string,
  { timeoutMs, redirectPort }: LoginOptions,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await server.redirect(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (!timeout.aborted) throw error;
    throw new CliError(
      'failed',
      `No login came back within ${timeoutMs / 1000} s. Nothing was written. If Genesys Cloud showed an error instead of its login page, the OAuth client is not known in this region or lacks the redirect URI ${redirectUri}: add exactly that to its authorized redirect URIs (Admin, Integrations, OAuth). If the browser runs on another machine, let it reach port ${redirectPort} of this one, or use --paste.`,
    );
  }
}

/** Takes the code by hand. It is not shown: until it is traded, it is a secret. */
async function pasted(
  expectedState: string,
  { questions, lines, interactive, tell }: LoginDependencies,
): Promise<Pick<LoginAnswer, 'parameters' | 'state'>> {
  tell(
    'After the login the browser goes to an address that it cannot open; that is right. Copy that address.',
  );
  const text = interactive
    ? await questions.hidden('Address that the login led to, or its code', '')
    : await lines.next('the address that the login led to, or its code');
  if (!URL.canParse(text)) return { parameters: new URLSearchParams({ code: text }), state: undefined };
  return { parameters: new URL(text).searchParams, state: expectedState };
}
