import { APPEARANCES, type Status } from './appearance.ts';
import { Icon } from './icon.tsx';

/** A status as icon and word. */
export function StatusChip({ status }: { readonly status: Status }) {
  const { tone, word } = APPEARANCES[status];
  return (
    <span class={`chip tone-${tone}`}>
      <Icon tone={tone} />
      {word}
    </span>
  );
}
