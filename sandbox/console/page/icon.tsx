import type { Tone } from './appearance.ts';

/** The SVG path of each icon, in a box of 16 × 16. */
const PATHS: Readonly<Record<Tone, string>> = {
  none: 'M5 8h6',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  waiting: 'M8 4.5v3.7l2.4 1.6M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11',
  succeeded: 'M3 8.5l3.4 3.4L13 4.6',
  caught: 'M8 2.6L14 13.4H2zM8 6.6v3M8 11.4v.2',
  failed: 'M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4',
  stopped: 'M4 4h8v8H4z',
};

/** The icon of a status, inside another SVG. */
export function IconMark({ tone }: { readonly tone: Tone }) {
  return <path class={`icon icon-${tone}`} d={PATHS[tone]} />;
}

/** The icon of a status. Screen readers skip it and read the word beside it. */
export function Icon({ tone }: { readonly tone: Tone }) {
  return (
    <svg class="icon-box" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <IconMark tone={tone} />
    </svg>
  );
}
