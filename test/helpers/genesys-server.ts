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
  /** The client's port, which identifies the connection. */
  readonly clientPort: number | undefined;
}

/** Handles one request once it has arrived completely. */
export type ScriptedAnswer = (response: ServerResponse) => void;

/** A local Genesys Cloud that sends scripted responses in order and records the requests. */
export class GenesysServer {
  /** Without a trailing slash; set once the server listens. */
  url = '';
  readonly requests: ReceivedRequest[] = [];
  readonly #script: ScriptedAnswer[] = [];

  /** Adds responses, one for each future request. */
  script(...answers: readonly ScriptedAnswer[]): void {
    this.#script.push(...answers);
  }

  /** Clears requests and script, and returns the number of unused responses. */
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
    const next = this.#script.shift() ?? respondWith(599, 'unexpected request');
    next(response);
  }
}

/**
 * A server for the tests of one file. An unused response fails the test; a request without a scripted response gets
 * status 599 and is recorded in `requests`. With a certificate it uses TLS.
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
  afterEach(() => expect(genesys.reset(), 'scripted responses that were not requested').toBe(0));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  return genesys;
}

/** A response; a body that is not a string is sent as JSON. */
export function respondWith(
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

/** The response ends before its Content-Length. */
export function cutOff(body: string): ScriptedAnswer {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 1 });
    response.write(body, () => response.destroy());
  };
}

/** The response never ends: only its headers and the first part of its body are sent. */
export function halfAnswer(body: string, then: () => void): ScriptedAnswer {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(body, then);
  };
}

/** No response is sent. */
export function silence(then: () => void): ScriptedAnswer {
  return () => then();
}
