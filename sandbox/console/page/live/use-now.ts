import { useEffect, useState } from 'preact/hooks';

/** The sandbox's time, updated at an interval. */
export function useNow(clockOffsetMs: number, everyMs: number): Date {
  const [browserNowMs, setBrowserNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setBrowserNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  // A new overview may be newer than the last tick.
  return new Date(Math.max(browserNowMs, Date.now()) + clockOffsetMs);
}
