import type { IncomingHttpHeaders } from 'node:http';

/** An HTTP request to Genesys Cloud with its whole body. */
export interface GenesysRequest {
  readonly method: string;
  /** Without query and without the prefix that names the host, e.g. `/oauth/token`. */
  readonly path: string;
  /** The Genesys Cloud region of the request, e.g. `mypurecloud.de`. */
  readonly region: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Sent in the response's `ININ-Correlation-Id` header and an error's `contextId`. */
  readonly correlationId: string;
}

/** The parts of an HTTP response that can be replaced. */
export interface GenesysResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response with a JSON body. */
export function jsonResponse(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): GenesysResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
