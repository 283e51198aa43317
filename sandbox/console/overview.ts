import type { ServerResponse } from 'node:http';
import { COMMON_HEADERS } from '../control/json-http.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import { credentialViews } from './credential-view.ts';
import { executionViews } from './execution-view.ts';
import type { LabelHistory } from './label-history.ts';
import type { Overview } from './views.ts';

/** The current overview. */
export function overviewOf(sandbox: ConsoleSandbox, labels: LabelHistory): Overview {
  return {
    now: sandbox.clock.now().toISOString(),
    executions: executionViews(sandbox),
    credentials: credentialViews(sandbox, labels),
    faults: sandbox.faults.rules().map(({ id, text, injected }) => ({ id, text, injected })),
  };
}

/** How long changes are collected before they are sent, in ms of real time. */
const COLLECT_MS = 50;

/** How often to poll for changes without an event, such as an expired token, in ms of real time. */
const POLL_MS = 1000;

/** Sends the overview to listeners: at once, and after each change, at most every 50 ms. */
export class OverviewFeed {
  readonly #sandbox: ConsoleSandbox;
  readonly #overview: () => Overview;
  readonly #listeners = new Set<(overview: Overview) => void>();
  #stopWatching: () => void = () => undefined;
  #collecting: NodeJS.Timeout | undefined;
  #sent = '';

  constructor(sandbox: ConsoleSandbox, overview: () => Overview) {
    this.#sandbox = sandbox;
    this.#overview = overview;
  }

  /** Calls `listener` at once and after each change, until the returned function is called. */
  subscribe(listener: (overview: Overview) => void): () => void {
    const overview = this.#overview();
    if (this.#listeners.size === 0) {
      this.#sent = this.#content(overview);
      this.#watch();
    }
    this.#listeners.add(listener);
    listener(overview);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  }

  /** Reports a possible change. */
  readonly note = (): void => {
    if (this.#listeners.size === 0) return;
    this.#collecting ??= setTimeout(() => this.#send(), COLLECT_MS);
  };

  #send(): void {
    this.#collecting = undefined;
    const overview = this.#overview();
    const content = this.#content(overview);
    if (content === this.#sent) return;
    this.#sent = content;
    for (const listener of this.#listeners) listener(overview);
  }

  /** The overview as it is compared for changes: the passing of time does not count as a change; an advance of the clock does. */
  #content(overview: Overview): string {
    return JSON.stringify({ ...overview, now: this.#sandbox.clock.offsetMs });
  }

  #watch(): void {
    const { stepFunctions, secretsManager, cloudTrail, genesysCloud, faults } = this.#sandbox;
    const polling = setInterval(this.note, POLL_MS);
    const subscriptions = [
      stepFunctions.onEvent(this.note),
      stepFunctions.onStatusChange(this.note),
      secretsManager.onChange(this.note),
      cloudTrail.onEvent(this.note),
      genesysCloud.onTokenIssued(this.note),
      faults.onInjected(this.note),
    ];
    this.#stopWatching = () => {
      clearInterval(polling);
      clearTimeout(this.#collecting);
      this.#collecting = undefined;
      for (const unsubscribe of subscriptions) unsubscribe();
    };
  }
}

/** Interval between comments, which let both sides detect a dropped connection, in ms of real time. */
const COMMENT_MS = 15_000;

/** How long a browser waits before it reconnects, in ms. */
const RECONNECT_MS = 1000;

/**
 * Sends the overviews of a feed until the client disconnects. A slow client gets the latest one.
 *
 * @see WHATWG HTML, "Server-sent events"
 */
export function streamOverviews(feed: OverviewFeed, response: ServerResponse): void {
  let waiting: Overview | undefined;
  const send = (overview: Overview): void => {
    if (response.writableNeedDrain) waiting = overview;
    else response.write(`event: overview\ndata: ${JSON.stringify(overview)}\n\n`);
  };

  response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(`retry: ${RECONNECT_MS}\n\n`);
  const unsubscribe = feed.subscribe(send);
  const comments = setInterval(() => response.write(': keep-alive\n\n'), COMMENT_MS);
  response.on('drain', () => {
    const overview = waiting;
    waiting = undefined;
    if (overview !== undefined) send(overview);
  });
  response.once('close', () => {
    clearInterval(comments);
    unsubscribe();
  });
}
