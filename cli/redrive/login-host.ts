/** How long to wait for an answer, in ms. */
const TIMEOUT_MS = 5_000;

/** Whether something answers at a URL, whatever it says, unless it is an error of its own. */
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

/** Asks at each URL once, however many rotations want to know. */
export function rememberingServes(): typeof serves {
  const answers = new Map<string, Promise<boolean>>();
  return url => {
    const answer = answers.get(url) ?? serves(url);
    answers.set(url, answer);
    return answer;
  };
}
