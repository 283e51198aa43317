import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeNow, listenOnLoopback, loopbackUrl } from '../loopback-server.ts';
import { Access, accessQuery } from './access.ts';
import { COMMON_HEADERS, checkOrigin, Refusal, readJson, writeJson } from './json-http.ts';
import type { Route, RouteResponse } from './route.ts';

/**
 * Serves the console and the control API of a sandbox over HTTP, on 127.0.0.1 only. Requests must carry its token,
 * because every user of the machine can connect.
 */
export class ControlServer {
  readonly #routes: readonly Route[];
  readonly #onChange: () => void;
  readonly #access = new Access();
  readonly #server: Server;

  /**
   * @param routes   the first one that matches a request handles it
   * @param onChange called after each request that may have changed something
   */
  constructor(routes: readonly Route[], onChange: () => void = () => undefined) {
    this.#routes = routes;
    this.#onChange = onChange;
    this.#server = createServer((message, response) => void this.#serve(message, response));
  }

  /**
   * Starts listening.
   *
   * @param port 0 selects any free port
   * @throws Error EADDRINUSE
   */
  async listen(port = 0): Promise<void> {
    await listenOnLoopback(this.#server, port);
  }

  /** The base URL; throws while the server is not listening. */
  get url(): string {
    return loopbackUrl(this.#server, 'The control API');
  }

  /** The bearer token that requests must carry. */
  get token(): string {
    return this.#access.token;
  }

  /** The address of the console's page, only for the user who started the sandbox. */
  get pageUrl(): string {
    return `${this.url}/?token=${this.token}`;
  }

  /** An address that leads to the page once, for the command line of a browser. */
  oneTimeUrl(): string {
    return `${this.url}/?code=${this.#access.issueCode()}`;
  }

  /** Stops listening and ends all connections. */
  async close(): Promise<void> {
    await closeNow(this.#server);
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const reply = await this.#respond(message);
      if ('write' in reply) reply.write(response);
      else writeJson(response, reply.statusCode, reply.body);
    } catch (error) {
      const statusCode = error instanceof Refusal ? error.statusCode : 500;
      // A response that has started cannot be replaced.
      if (response.headersSent) response.destroy();
      else writeJson(response, statusCode, { error: error instanceof Error ? error.message : String(error) });
    }
    if (message.method !== 'GET') this.#onChange();
  }

  async #respond(message: IncomingMessage): Promise<RouteResponse> {
    checkOrigin(message);
    const { method, url = '' } = message;
    const { target, token, code } = accessQuery(url);
    if (code !== null && method === 'GET') return this.#redirect(code);
    for (const route of this.#routes) {
      const match = route.method === method ? route.target.exec(target) : null;
      if (match === null) continue;
      if (route.isPublic !== true && !this.#access.isGranted(message, token)) {
        throw new Refusal(401, 'The token is missing or wrong. The sandbox prints it when it starts.');
      }
      return await route.handle({ body: await readJson(message), parameters: { ...match.groups } });
    }
    throw new Refusal(404, `There is no ${method} ${target}.`);
  }

  #redirect(code: string): RouteResponse {
    if (!this.#access.redeem(code)) {
      throw new Refusal(401, 'This address has already been used. Open the one that the sandbox printed.');
    }
    const headers = {
      ...COMMON_HEADERS,
      'referrer-policy': 'no-referrer',
      location: `/?token=${this.token}`,
    };
    return { write: response => void response.writeHead(303, headers).end() };
  }
}
