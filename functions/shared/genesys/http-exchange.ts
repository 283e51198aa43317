import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { FetchError, type RequestInit } from 'node-fetch';

/** A response from Genesys Cloud, whatever its status. */
export interface HttpResponse {
  readonly kind: 'responded';
  readonly status: number;
  readonly body: string;
  /** Genesys Cloud's ININ-Correlation-Id, which its support asks for; null if it is missing or malformed. */
  readonly correlationId: string | null;
  readonly retryAfter: string | null;
}

/** The outcome of a request. */
export type HttpOutcome =
  | HttpResponse
  /** It certainly did not reach the host. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** It may have taken effect: the connection dropped, the request timed out, or the response was cut off or too large. */
  | { readonly kind: 'response-lost'; readonly reason: string };

/** Far larger than a token response or a user's profile. */
const MAX_BODY_BYTES = 262_144;

/**
 * Sends one request and never repeats it. Redirects are not followed: the request carries a secret that is meant
 * for this host only. Each request has its own connection, because a kept-alive one from an earlier invocation
 * may be closed, and that would look like a lost response.
 *
 * @param timeoutMs for the whole exchange, including the body
 */
export async function httpExchange(url: string, init: RequestInit, timeoutMs: number): Promise<HttpOutcome> {
  let connected = false;
  try {
    const response = await fetch(url, {
      ...init,
      agent: ({ protocol }) =>
        singleUseAgent(protocol, () => {
          connected = true;
        }),
      redirect: 'manual',
      size: MAX_BODY_BYTES,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      kind: 'responded',
      status: response.status,
      body: await response.text(),
      correlationId: correlationIdOf(response.headers.get('inin-correlation-id')),
      retryAfter: response.headers.get('retry-after'),
    };
  } catch (error) {
    // Only the code is kept: messages of node-fetch quote the URL.
    const timedOut = `no ${connected ? 'response' : 'connection'} within ${timeoutMs} ms`;
    return {
      kind: connected ? 'response-lost' : 'not-sent',
      reason: error instanceof FetchError ? (error.code ?? error.type) : timedOut,
    };
  }
}

/**
 * An agent for one request. Node's default agent keeps connections alive. `onConnected` is called once the connection
 * is established, including TLS: before that, nothing of the request has been sent.
 */
function singleUseAgent(protocol: string, onConnected: () => void): HttpAgent {
  const secure = protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) =>
    connect(options, callback)?.once(secure ? 'secureConnect' : 'connect', onConnected);
  return agent;
}

/** Errors quote the id, so anything else is dropped. */
function correlationIdOf(header: string | null): string | null {
  return header !== null && /^[\w-]{1,64}$/.test(header) ? header : null;
}

/** Describes a response in an error: its status and correlation id, never its body. */
export function responseLabel({ status, correlationId }: HttpResponse): string {
  return correlationId === null ? `HTTP ${status}` : `HTTP ${status}, correlation id ${correlationId}`;
}
