import { prettyJson } from './pretty-json.ts';

/** A value, or a text that is JSON, for reading. */
export function JsonText({ value }: { readonly value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <pre class="json" tabIndex={0}>
      {prettyJson(value)}
    </pre>
  );
}
