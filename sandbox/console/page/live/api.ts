/** The token of the control API, from the page's URL. */
export const TOKEN = new URLSearchParams(location.search).get('token') ?? '';

/** The sandbox refused the request; the message says why. */
class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

/**
 * Reads from the sandbox. The response is not validated, because page and sandbox come from the same build.
 *
 * @throws RequestRefused
 */
export async function get<Body>(path: string): Promise<Body> {
  return (await request(path, {})) as Body;
}

/**
 * Sends a command to the sandbox.
 *
 * @throws RequestRefused
 */
export async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  await request(path, { method, ...(body !== undefined && json) });
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  const headers = { ...init.headers, authorization: `Bearer ${TOKEN}` };
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new RequestRefused('The sandbox does not respond. Is it still running?');
  });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return body;
  throw new RequestRefused(errorText(body) ?? `The sandbox responded with ${response.status}.`);
}

function errorText(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  return typeof body.error === 'string' ? body.error : undefined;
}
