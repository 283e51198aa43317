import { useEffect, useState } from 'preact/hooks';

/** As long as a state usually takes: what passes faster is not worth hearing of. */
const SETTLES_AFTER_MS = 600;

/** Tells those who do not see the page what has come of the execution. */
export function Announcer({ text }: { readonly text: string }) {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLES_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="visually-hidden" role="status">
      {settled}
    </p>
  );
}
