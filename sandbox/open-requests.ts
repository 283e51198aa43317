import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';

interface OpenRequest {
  /** The client's port. */
  readonly port: number;
  /** Aborts when the client has given up or gone. */
  readonly clientGone: AbortSignal;
  /** More than zero: it does nothing but wait. */
  waits: number;
}

/** What a request that was not received here, but made by a call in this process, waits with. */
const NEVER = new AbortController().signal;

/**
 * The HTTP requests that the sandbox's servers are serving at this moment, each with its client's port. It knows which
 * of them do nothing but wait for the clock or for their client, so that time is moved only when no request is
 * under way.
 */
export class OpenRequests {
  readonly #open = new Set<OpenRequest>();
  readonly #context = new AsyncLocalStorage<OpenRequest>();
  readonly #onChange: () => void;

  /** @param onChange is called whenever a request begins, ends, or begins or ends to wait */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Counts a request as under way until `work` has settled or its connection has ended. */
  async serve(socket: Socket, work: () => Promise<void>): Promise<void> {
    const gone = new AbortController();
    const request: OpenRequest = { port: socket.remotePort ?? 0, clientGone: gone.signal, waits: 0 };
    const end = (): void => {
      if (this.#open.delete(request)) this.#onChange();
    };
    const onClose = (): void => {
      gone.abort();
      end();
    };
    this.#open.add(request);
    this.#onChange();
    socket.once('close', onClose);
    try {
      await this.#context.run(request, work);
    } finally {
      socket.off('close', onClose);
      end();
    }
  }

  /**
   * Runs a wait that is part of answering the present request; while it lasts, the request does not count as under
   * way.
   *
   * @param waiting gets a signal that aborts when the client has gone
   */
  async wait<Result>(waiting: (clientGone: AbortSignal) => Promise<Result>): Promise<Result> {
    const request = this.#context.getStore();
    if (request === undefined) return await waiting(NEVER);
    request.waits += 1;
    this.#onChange();
    try {
      return await waiting(request.clientGone);
    } finally {
      request.waits -= 1;
      this.#onChange();
    }
  }

  /** Waits until the client of the present request has given up; forever outside of a request. */
  async untilClientGone(): Promise<void> {
    await this.wait(async clientGone => {
      if (clientGone.aborted) return;
      await new Promise<void>(resolve => {
        clientGone.addEventListener('abort', () => resolve(), { once: true });
      });
    });
  }

  /** Whether a request is under way. */
  get busy(): boolean {
    return [...this.#open].some(({ waits }) => waits === 0);
  }

  /**
   * What is known of the requests that came from this port; `unknown` when there is none. A client may use a port for
   * both servers at once.
   */
  stateOf(port: number): 'busy' | 'waiting' | 'unknown' {
    const requests = [...this.#open].filter(request => request.port === port);
    if (requests.length === 0) return 'unknown';
    return requests.some(({ waits }) => waits === 0) ? 'busy' : 'waiting';
  }
}
