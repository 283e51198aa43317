import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { FetchError, type RequestInit } from 'node-fetch';

/** An answer of Genesys Cloud, whatever its status. */
export interface HttpAnswer {
  readonly kind: 'answered';
  readonly status: number;
  readonly body: string;
  /** Genesys Cloud's ININ-Correlation-Id, which its support asks for; null where it is missing or no id. */
  readonly correlationId: string | null;
  readonly retryAfter: string | null;
}

/** What became of a request. */
export type HttpOutcome =
  | HttpAnswer
  /** It surely did not reach the other side. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** It may have taken effect: the connection dropped, the time was over, or the answer was cut off or too large. */
  | { readonly kind: 'answer-lost'; readonly reason: string };

/** Far more than a token answer or a user's profile has. */
const LARGEST_BODY_BYTES = 262_144;

/**
 * Sends one request and never repeats it. Redirects are not followed: the request carries a secret that is meant
 * for this host alone. Each request has its own connection, because one that was kept from an earlier invocation
 * may be dead, and that would look like a lost answer.
 *
 * @param timeoutMs for the whole exchange, the body included
 */
export async function httpExchange(url: string, init: RequestInit, timeoutMs: number): Promise<HttpOutcome> {
  let connected = false;
  try {
    const response = await fetch(url, {
      ...init,
      agent: ({ protocol }) =>
        oneConnection(protocol, () => {
          connected = true;
        }),
      redirect: 'manual',
      size: LARGEST_BODY_BYTES,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      kind: 'answered',
      status: response.status,
      body: await response.text(),
      correlationId: correlationIdOf(response.headers.get('inin-correlation-id')),
      retryAfter: response.headers.get('retry-after'),
    };
  } catch (error) {
    // Only codes go on: the messages of node-fetch quote the URL, and bodies must not travel.
    const timedOut = `no ${connected ? 'answer' : 'connection'} within ${timeoutMs} ms`;
    return {
      kind: connected ? 'answer-lost' : 'not-sent',
      reason: error instanceof FetchError ? (error.code ?? error.type) : timedOut,
    };
  }
}

/**
 * An agent for one request. Node's own keeps connections alive, and only the connection itself knows for sure whether
 * it ever stood, TLS included: before that, nothing of the request has been sent.
 */
function oneConnection(protocol: string, onConnected: () => void): HttpAgent {
  const secure = protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) =>
    connect(options, callback)?.once(secure ? 'secureConnect' : 'connect', onConnected);
  return agent;
}

/** Errors quote the id, so anything but a short id is dropped. */
function correlationIdOf(header: string | null): string | null {
  return header !== null && /^[\w-]{1,64}$/.test(header) ? header : null;
}

/** How an answer is named in an error: its status and correlation id, and nothing of its body. */
export function answerLabel({ status, correlationId }: HttpAnswer): string {
  return correlationId === null ? `HTTP ${status}` : `HTTP ${status}, correlation id ${correlationId}`;
}
