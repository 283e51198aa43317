import type { GenesysUrls } from '../../functions/shared/genesys/urls.ts';

/** How long to wait for a response, in ms. */
const TIMEOUT_MS = 5_000;

/** Whether an endpoint responds to a request without a grant and without a token: it refuses that, and changes nothing. */
async function responds(url: string, method: 'GET' | 'POST'): Promise<boolean> {
  try {
    const { status } = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

/** The endpoints that a rotation calls and that do not serve; empty where all do. */
async function unserved({ loginUrl, apiUrl }: GenesysUrls): Promise<readonly string[]> {
  const endpoints = [
    [`${loginUrl}/oauth/token`, 'POST'],
    [`${apiUrl}/api/v2/users/me`, 'GET'],
  ] as const;
  const serves = await Promise.all(endpoints.map(([url, method]) => responds(url, method)));
  return endpoints.flatMap(([url], index) => (serves[index] ? [] : [url]));
}

/** Calls the endpoints of each host once, for any number of rotations. */
export function rememberingUnserved(): typeof unserved {
  const found = new Map<string, Promise<readonly string[]>>();
  return urls => {
    const response = found.get(urls.loginUrl) ?? unserved(urls);
    found.set(urls.loginUrl, response);
    return response;
  };
}
