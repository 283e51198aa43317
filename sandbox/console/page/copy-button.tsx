import { useEffect, useState } from 'preact/hooks';

/** How long the button confirms a copy. */
const CONFIRM_MS = 2_000;

/** See {@link CopyButton}. */
interface CopyProps {
  readonly text: string;
  readonly label: string;
  /** Completes the label for screen readers. */
  readonly what: string;
}

/** Copies text to the clipboard. */
export function CopyButton({ text, label, what }: CopyProps) {
  const [result, setResult] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setResult(undefined), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setResult('Copied');
    } catch {
      setResult('Not copied');
    }
  };
  return (
    <button type="button" class="quiet" title={text} onClick={() => void copy()}>
      <span aria-live="polite">{result ?? label}</span>
      <span class="visually-hidden"> {what}</span>
    </button>
  );
}
