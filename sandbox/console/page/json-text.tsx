import { prettyJson } from './pretty-json.ts';

/** A formatted value or JSON text. */
export function JsonText({ value }: { readonly value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll it
    <pre class="json" tabIndex={0}>
      {prettyJson(value)}
    </pre>
  );
}
