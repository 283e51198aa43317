import type { ServerResponse } from 'node:http';
import { COMMON_HEADERS } from '../control/json-http.ts';
import type { OverviewFeed } from './overview-feed.ts';
import type { Overview } from './views.ts';

/** How often to send a comment, so that both sides notice a dropped connection, in ms of real time. */
const COMMENT_MS = 15_000;

/** After this time a browser connects again, in ms. */
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
  const comments = setInterval(() => response.write(': still here\n\n'), COMMENT_MS);
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
