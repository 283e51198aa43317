import { APPEARANCES, type Appearance, type Status } from './appearance.ts';
import { Icon } from './icon.tsx';

/** A status as icon and word. */
export function StatusChip({ status }: { readonly status: Status }) {
  return <Chip {...APPEARANCES[status]} />;
}

/** An appearance as icon and word. */
export function Chip({ tone, word }: Appearance) {
  return (
    <span class={`chip tone-${tone}`}>
      <Icon tone={tone} />
      {word}
    </span>
  );
}
