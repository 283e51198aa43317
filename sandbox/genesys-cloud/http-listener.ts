import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from '../loopback-server.ts';
import type { OpenRequests } from '../open-requests.ts';
import { apiError } from './api-error.ts';
import type { GenesysRequest, GenesysResponse } from './exchange.ts';
import { GenesysConnectionDropped } from './interceptor.ts';

/** Longer bodies are refused with 413; requests to the emulated endpoints are far shorter. */
const MAX_BODY_BYTES = 65_536;

/** The prefix by which a private gateway distinguishes hosts: `/login.<region>/…`, `/api.<region>/…`. */
const HOST_PREFIX = /^\/(login|api)\.([a-z0-9.-]+)(\/.*)$/;

/** Responds to a request; may throw {@link GenesysConnectionDropped}. */
export type GenesysHandler = (request: GenesysRequest) => Promise<GenesysResponse>;

/**
 * The HTTP side of Genesys Cloud: reads whole requests, sends responses, cuts connections. The path's prefix identifies
 * the login or API host of a region; a path without one belongs to both hosts of `region`.
 */
export function createHttpListener(
  region: string,
  openRequests: OpenRequests,
  handle: GenesysHandler,
): Server {
  return createServer((message, response) => {
    void openRequests
      .serve(message.socket, () => respond(message, response, region, handle))
      .catch(() => message.socket.destroy());
  });
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  region: string,
  handle: GenesysHandler,
): Promise<void> {
  const correlationId = randomUUID();
  const body = await readBody(message, MAX_BODY_BYTES);
  let reply: GenesysResponse;
  if (body === undefined) {
    reply = apiError({ correlationId }, 'request.entity.too.large', {
      maximumBytes: `${MAX_BODY_BYTES}`,
    });
    response.shouldKeepAlive = false;
  } else {
    const request = requestOf(message, body.toString('utf8'), region, correlationId);
    reply =
      request === undefined
        ? apiError({ correlationId }, 'not.found')
        : await handle(request).catch((error: unknown) => {
            if (error instanceof GenesysConnectionDropped) throw error;
            // Only a faulty interceptor throws another error; print it for its author.
            process.emitWarning(error instanceof Error ? error : String(error));
            return apiError({ correlationId }, 'internal.server.error');
          });
  }
  response.writeHead(reply.status, {
    'ININ-Correlation-Id': correlationId,
    // RFC 9110 §8.6 forbids Content-Length with 204.
    ...(reply.status !== 204 && { 'Content-Length': `${Buffer.byteLength(reply.body)}` }),
    ...reply.headers,
  });
  response.end(reply.body);
}

/** @returns undefined when the path does not exist on the host that its prefix names */
function requestOf(
  message: IncomingMessage,
  body: string,
  ownRegion: string,
  correlationId: string,
): GenesysRequest | undefined {
  const target = message.url ?? '/';
  const question = target.indexOf('?');
  const fullPath = question < 0 ? target : target.slice(0, question);
  const [, host, region = ownRegion, path = fullPath] = HOST_PREFIX.exec(fullPath) ?? [];
  if (host === 'login' && !path.startsWith('/oauth/')) return undefined;
  if (host === 'api' && !path.startsWith('/api/')) return undefined;
  return {
    method: message.method ?? 'GET',
    path,
    region,
    query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
    headers: message.headers,
    body,
    correlationId,
  };
}
