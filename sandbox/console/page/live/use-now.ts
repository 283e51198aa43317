import { useEffect, useState } from 'preact/hooks';

/** The sandbox's time, anew every so often. */
export function useNow(clockOffsetMs: number, everyMs: number): Date {
  const [browserNowMs, setBrowserNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setBrowserNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  // What the sandbox has just told may be younger than the last tick.
  return new Date(Math.max(browserNowMs, Date.now()) + clockOffsetMs);
}
