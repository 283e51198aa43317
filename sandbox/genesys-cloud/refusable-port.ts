import { once } from 'node:events';
import type { Server } from 'node:http';

/** A port of 127.0.0.1 that can be closed temporarily, so that connections to it are actually refused. */
export class RefusablePort {
  readonly #createServer: () => Server;
  /** Every server that still has connections, including the listening one. */
  readonly #servers = new Set<Server>();
  #listening: Server | undefined;
  #port = 0;
  #refusals = 0;
  #closings = 0;

  /** @param createServer creates a server that is not listening yet */
  constructor(createServer: () => Server) {
    this.#createServer = createServer;
  }

  /**
   * Starts listening.
   *
   * @param port 0 selects any free port
   * @returns the port
   * @throws Error EADDRINUSE
   */
  async open(port: number): Promise<number> {
    const closingsBefore = this.#closings;
    const server = this.#createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
    this.#port = address.port;
    this.#listening = server;
    // It was closed while it was opening.
    if (this.#closings > closingsBefore) await this.close();
    else if (this.#refusals > 0) this.#stopListening();
    return address.port;
  }

  /** Closes the port immediately; the returned function reopens it, unless another call keeps it closed. */
  refuse(): () => Promise<void> {
    this.#refusals += 1;
    this.#stopListening();
    let ended = false;
    return async () => {
      if (ended) return;
      ended = true;
      this.#refusals -= 1;
      if (this.#refusals === 0 && this.#port !== 0) await this.open(this.#port);
    };
  }

  /** Cuts all connections and stays closed. */
  async close(): Promise<void> {
    this.#closings += 1;
    this.#port = 0;
    this.#listening = undefined;
    const servers = [...this.#servers];
    await Promise.all(
      servers.map(async server => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
  }

  /** Open connections continue. */
  #stopListening(): void {
    this.#listening?.close();
    this.#listening = undefined;
  }
}
