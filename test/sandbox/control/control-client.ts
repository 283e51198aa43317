import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A raw HTTP request. Unlike `fetch`, it can have any path and any header. */
export interface ControlRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The response. */
export interface ControlResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one request to the server at `url`. */
export function send(url: string, path: string, { method = 'GET', headers = {}, body }: ControlRequest = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<ControlResponse>((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, async response => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: await text(response),
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends one request, and parses the response as JSON unless it is empty. */
export async function sendForJson(
  url: string,
  path: string,
  sent?: ControlRequest,
): Promise<{ status: number; body: unknown }> {
  const { status, text: response } = await send(url, path, sent);
  return { status, body: response === '' ? undefined : JSON.parse(response) };
}

/** Adds the server's token to a request. */
export function withToken(token: string, sent: ControlRequest = {}): ControlRequest {
  return { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } };
}

/** A request with a JSON body. */
export function jsonRequest(body: unknown, method = 'POST'): ControlRequest {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
