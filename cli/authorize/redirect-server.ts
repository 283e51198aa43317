import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CliError } from '../shared/cli-error.ts';
import { HTML_HEADERS, htmlPage } from '../shared/html-page.ts';
import { withResolvers } from '../shared/interruption.ts';

/** The path of the redirect URI. */
const CALLBACK_PATH = '/callback';

/** Browsers may resolve localhost to either address. */
const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1'] as const;

/** Error codes of Node.js on a machine without IPv6. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** The redirect URI that must be registered in the OAuth client, character by character. */
export function redirectUriOf(port: number): string {
  return `http://localhost:${port}${CALLBACK_PATH}`;
}

/**
 * Waits on the loopback interface for the redirect of a login: a GET request for the callback path with the login's
 * `state`. Responds to any other request with an error page, because any page in the browser can send requests.
 *
 * @see RFC 8252, section 7.3 (loopback interface redirection)
 */
export class RedirectServer {
  /** Undefined after use. */
  #state: string | undefined;
  readonly #servers: readonly Server[];
  readonly #arrival = withResolvers<URLSearchParams>();

  private constructor(state: string, servers: readonly Server[]) {
    this.#state = state;
    this.#servers = servers;
    for (const server of servers)
      server.on('request', (request, response) => this.#respond(request, response));
  }

  /**
   * Starts listening.
   *
   * @throws CliError the port is in use
   */
  static async open(port: number, state: string): Promise<RedirectServer> {
    const servers: Server[] = [];
    try {
      for (const address of LOOPBACK_ADDRESSES) {
        const server = await listen(port, address);
        if (server !== undefined) servers.push(server);
      }
    } catch (error) {
      await Promise.all(servers.map(closeNow));
      throw new CliError(
        'failed',
        `Port ${port} cannot be used for the redirect (${codeOf(error)}). Nothing was changed. Choose another port with --redirect-port and register its redirect URI in the OAuth client, or use --paste.`,
      );
    }
    return new RedirectServer(state, servers);
  }

  /**
   * Waits for the parameters of the redirect.
   *
   * @throws the reason of `signal`
   */
  async waitForRedirect(signal: AbortSignal): Promise<URLSearchParams> {
    signal.throwIfAborted();
    const aborted = withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#arrival.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Stops listening and closes all connections immediately. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(closeNow));
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const [path, query] = (request.url ?? '/').split('?', 2);
    const parameters = new URLSearchParams(query);
    if (path !== CALLBACK_PATH) {
      page(response, 404, 'Not found', 'Use the address that the command shows.');
    } else if (request.method !== 'GET') {
      page(response, 405, 'Method not allowed', 'This address accepts only the redirect of a login.');
    } else if (parameters.get('state') !== this.#state) {
      page(
        response,
        400,
        'Wrong login',
        'This redirect belongs to another login. Use the address that the command shows.',
      );
    } else {
      this.#state = undefined;
      // The redirect counts even if the browser closes the connection before it has read the page.
      response.once('close', () => this.#arrival.resolve(parameters));
      page(response, 200, 'Login received', 'Close this page and return to the terminal.');
    }
  }
}

/** Undefined on a machine without this address. */
async function listen(port: number, address: string): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: address, exclusive: true });
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (NO_SUCH_ADDRESS.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function closeNow(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Shows no part of the request and is not cached, because the address contains the code. */
function page(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, { ...HTML_HEADERS, Connection: 'close' });
  response.end(htmlPage(title, `<p>${text}</p>`));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown reason';
}
