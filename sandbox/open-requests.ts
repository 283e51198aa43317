import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';

interface OpenRequest {
  /** The client's port. */
  readonly port: number;
  /** Aborts when the client has disconnected. */
  readonly clientGone: AbortSignal;
  /** If more than zero, the request is only waiting. */
  waits: number;
}

/** The signal of a call that was made within this process. */
const NEVER = new AbortController().signal;

/**
 * The HTTP requests that the sandbox's servers are serving, each with its client's port. It tracks which of them only
 * wait for the clock or for their client, so that time advances only when no request is in progress.
 */
export class OpenRequests {
  readonly #open = new Set<OpenRequest>();
  readonly #context = new AsyncLocalStorage<OpenRequest>();
  readonly #onChange: () => void;

  /** @param onChange is called whenever a request starts, ends, or starts or ends waiting */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Tracks a request until `work` has settled or its connection has ended. */
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
   * Waits within the current request, which does not count as in progress during the wait.
   *
   * @param waiting receives a signal that aborts when the client disconnects
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

  /** Waits until the client of the current request gives up; forever outside a request. */
  async untilClientGone(): Promise<void> {
    await this.wait(async clientGone => {
      if (clientGone.aborted) return;
      await new Promise<void>(resolve => {
        clientGone.addEventListener('abort', () => resolve(), { once: true });
      });
    });
  }

  /** Whether any request is in progress. */
  get busy(): boolean {
    return [...this.#open].some(({ waits }) => waits === 0);
  }

  /**
   * The state of the requests from this port; `unknown` when there is none. A client may use one port for both servers.
   */
  stateOf(port: number): 'busy' | 'waiting' | 'unknown' {
    const requests = [...this.#open].filter(request => request.port === port);
    if (requests.length === 0) return 'unknown';
    return requests.some(({ waits }) => waits === 0) ? 'busy' : 'waiting';
  }
}
