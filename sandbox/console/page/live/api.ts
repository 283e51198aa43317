/** What the sandbox accepts requests with; the page's address carries it. */
export const TOKEN = new URLSearchParams(location.search).get('token') ?? '';

/** The sandbox could not do what was asked; the message says why. */
class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

/**
 * Asks the sandbox for something. What it answers is taken for what the caller names: both come from one build.
 *
 * @throws RequestRefused
 */
export async function get<Answer>(path: string): Promise<Answer> {
  return (await exchange(path, {})) as Answer;
}

/**
 * Lets the sandbox do something.
 *
 * @throws RequestRefused
 */
export async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  await exchange(path, { method, ...(body !== undefined && json) });
}

async function exchange(path: string, init: RequestInit): Promise<unknown> {
  const headers = { ...init.headers, authorization: `Bearer ${TOKEN}` };
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new RequestRefused('The sandbox does not answer. Is it still running?');
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return answer;
  throw new RequestRefused(errorText(answer) ?? `The sandbox answered ${response.status}.`);
}

function errorText(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  return typeof answer.error === 'string' ? answer.error : undefined;
}
