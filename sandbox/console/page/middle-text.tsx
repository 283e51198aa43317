/** How much of the end is always visible, in characters. */
const TAIL_LENGTH = 10;

/**
 * A name that is shortened in the middle where it does not fit. Its title is the whole name, and screen readers read that
 * instead of the two parts.
 */
export function MiddleText({ text }: { readonly text: string }) {
  return (
    <span class="middle" title={text}>
      <span class="visually-hidden">{text}</span>
      <span aria-hidden="true">{text.slice(0, -TAIL_LENGTH)}</span>
      <span aria-hidden="true">{text.slice(-TAIL_LENGTH)}</span>
    </span>
  );
}
