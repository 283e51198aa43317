import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../loopback-server.ts';

/** A response with a status other than 200 or 201; its message is for the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const BODY_LIMIT_BYTES = 65_536;

/** Headers of every response: no caching, no type sniffing, no use by pages of another origin. */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Refuses requests that a web page of another origin could have sent. `Host` must be a loopback name (DNS rebinding
 * would make another page same-origin), and `Origin`, if present, must be this server's own. Browsers omit it for
 * embedded resources (images, scripts) but send `Sec-Fetch-Site`. Links that a person follows are accepted.
 *
 * @see W3C, "Fetch Metadata Request Headers"
 * @throws Refusal 403
 */
export function checkOrigin({ headers, socket }: IncomingMessage): void {
  const { host, origin, 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode } = headers;
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${socket.localPort}`);
  if (host === undefined || !hosts.includes(host)) {
    throw new Refusal(403, 'The Host header must name the loopback interface and this port.');
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, 'Requests from other origins are not accepted.');
  }
  if (site !== 'none' && site !== 'same-origin' && mode !== 'navigate') {
    throw new Refusal(403, 'Requests from other sites are not accepted.');
  }
}

/**
 * Reads the JSON body of a request.
 *
 * @returns undefined when there is none
 * @throws Refusal 400 not JSON, 413 too long, 415 another content type (pages of another origin may send those)
 */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const body = await readBody(message, BODY_LIMIT_BYTES);
  if (body === undefined) throw new Refusal(413, `The body is longer than ${BODY_LIMIT_BYTES} bytes.`);
  if (body.length === 0) return undefined;
  if (!/^application\/json *(;|$)/i.test(message.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'The content type must be application/json.');
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

/** Writes a JSON response; 204 has no body. */
export function writeJson(response: ServerResponse, statusCode: number, body: unknown): void {
  if (statusCode === 204) {
    response.writeHead(204).end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(statusCode, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...COMMON_HEADERS,
  });
  response.end(text);
}
