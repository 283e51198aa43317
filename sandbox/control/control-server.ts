import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeAtOnce, listenOnLoopback, loopbackUrl } from '../loopback-server.ts';
import { checkOrigin, Refusal, readJson, writeJson } from './json-http.ts';
import { type Answer, type ControlledSandbox, controlRoutes } from './routes.ts';

/** `/faults/3` is the path `/faults` and the id `3`. */
const PATH = /^(?<path>\/[a-z/-]*?[a-z])(?:\/(?<id>\d+))?$/;

/** The control API of a sandbox: JSON over HTTP, on 127.0.0.1 only. Whoever reaches it may do all that it offers. */
export class ControlServer {
  readonly #routes: ReturnType<typeof controlRoutes>;
  readonly #server: Server;

  constructor(sandbox: ControlledSandbox) {
    this.#routes = controlRoutes(sandbox);
    this.#server = createServer((message, response) => void this.#serve(message, response));
  }

  /**
   * Starts to listen.
   *
   * @param port 0 takes any free one
   * @throws Error EADDRINUSE
   */
  async listen(port = 0): Promise<void> {
    await listenOnLoopback(this.#server, port);
  }

  /** The base URL; throws while the server does not listen. */
  get url(): string {
    return loopbackUrl(this.#server, 'The control API');
  }

  /** Stops listening and ends all connections. */
  async close(): Promise<void> {
    await closeAtOnce(this.#server);
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { statusCode, body } = await this.#answer(message);
      writeJson(response, statusCode, body);
    } catch (error) {
      const statusCode = error instanceof Refusal ? error.statusCode : 500;
      writeJson(response, statusCode, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #answer(message: IncomingMessage): Promise<Answer> {
    checkOrigin(message);
    const { path = '', id } = PATH.exec(message.url ?? '')?.groups ?? {};
    const route = this.#routes.get(`${message.method} ${path}`);
    if (route === undefined || (id !== undefined && message.method !== 'DELETE')) {
      throw new Refusal(404, `There is no ${message.method} ${message.url}.`);
    }
    return await route(await readJson(message), id);
  }
}
