import { useEffect, useState } from 'preact/hooks';

/** Longer than most states take, so that only the states that last are announced. */
const SETTLE_MS = 600;

/** Announces the state of the execution to screen readers. */
export function Announcer({ text }: { readonly text: string }) {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="visually-hidden" role="status">
      {settled}
    </p>
  );
}
