/** How long to wait for a response, in ms. */
const TIMEOUT_MS = 5_000;

/** Whether a server responds at a URL with anything but a server error or 429. */
async function serves(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

/** Calls each URL once, for any number of rotations. */
export function rememberingServes(): typeof serves {
  const responses = new Map<string, Promise<boolean>>();
  return url => {
    const response = responses.get(url) ?? serves(url);
    responses.set(url, response);
    return response;
  };
}
