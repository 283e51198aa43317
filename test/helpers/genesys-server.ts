import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { SelfSignedCertificate } from './self-signed-certificate.ts';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The client's port, which tells connections apart. */
  readonly clientPort: number | undefined;
}

/** What is done with one request, once all of it has arrived. */
export type ScriptedAnswer = (response: ServerResponse) => void;

/** Genesys Cloud on this machine: gives the scripted answers in their order, and records what it was asked. */
export class GenesysServer {
  /** Without a trailing slash; set once the server listens. */
  url = '';
  readonly requests: ReceivedRequest[] = [];
  readonly #script: ScriptedAnswer[] = [];

  /** Adds answers, one for each request to come. */
  script(...answers: readonly ScriptedAnswer[]): void {
    this.#script.push(...answers);
  }

  /** Forgets everything, and tells how many answers nobody came for. */
  reset(): number {
    this.requests.length = 0;
    return this.#script.splice(0).length;
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    this.requests.push({
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      clientPort: request.socket.remotePort,
    });
    const next = this.#script.shift() ?? answer(599, 'nobody expected this request');
    next(response);
  }
}

/**
 * A server for the tests of one file. An answer that nobody came for fails the test; a request too many is answered
 * with status 599, and stands in `requests`. With a certificate it speaks TLS.
 */
export function genesysServer(certificate?: SelfSignedCertificate): GenesysServer {
  const genesys = new GenesysServer();
  const listener: RequestListener = (request, response) => {
    genesys.receive(request, response).catch(() => response.destroy());
  };
  const server =
    certificate === undefined
      ? createServer(listener)
      : createSecureServer({ cert: certificate.cert, key: certificate.key }, listener);
  const scheme = certificate === undefined ? 'http' : 'https';
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    genesys.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    genesys.reset();
  });
  afterEach(() => expect(genesys.reset(), 'scripted answers that were not asked for').toBe(0));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  return genesys;
}

/** An answer; a body that is no text is sent as JSON. */
export function answer(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  return response => {
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** The connection drops after the request has arrived. */
export const dropConnection: ScriptedAnswer = response => {
  response.destroy();
};

/** The answer ends before its announced length. */
export function cutOff(body: string): ScriptedAnswer {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 1 });
    response.write(body, () => response.destroy());
  };
}

/** The answer never ends: its head and the first part of its body are all that comes. */
export function halfAnswer(body: string, then: () => void): ScriptedAnswer {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(body, then);
  };
}

/** No answer comes. */
export function silence(then: () => void): ScriptedAnswer {
  return () => then();
}
