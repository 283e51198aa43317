/** How much of the end is always visible, in characters. */
const TAIL_LENGTH = 10;

/** See {@link MiddleText}. */
interface MiddleProps {
  readonly text: string;
  readonly className?: string;
}

/** A name that is shortened in the middle where it does not fit; its title is the whole name. */
export function MiddleText({ text, className = '' }: MiddleProps) {
  return (
    <span class={`middle ${className}`} title={text}>
      <span>{text.slice(0, -TAIL_LENGTH)}</span>
      <span>{text.slice(-TAIL_LENGTH)}</span>
    </span>
  );
}
