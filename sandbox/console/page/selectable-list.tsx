import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Tone } from './appearance.ts';
import { Icon } from './icon.tsx';
import { MiddleText } from './middle-text.tsx';

/** An entry of a {@link SelectableList}. */
interface ListEntry {
  readonly name: string;
  readonly tone: Tone;
  /** The status in a word. */
  readonly word: string;
  /** Data attributes of its button. */
  readonly data: Readonly<Record<`data-${string}`, string>>;
  /** Follows the status. */
  readonly details?: ComponentChildren;
}

/** See {@link SelectableList}. */
interface ListProps {
  readonly heading: string;
  /** Shown beside the heading. */
  readonly children: ComponentChildren;
  readonly entries: readonly ListEntry[];
  readonly shown: string | undefined;
  /** Whether the list scrolls to keep the shown entry in view. */
  readonly isFollowing: boolean;
  readonly onSelect: (name: string) => void;
}

/** A panel with a list from which the user selects one entry. */
export function SelectableList({ heading, children, entries, shown, isFollowing, onSelect }: ListProps) {
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const position = entries.findIndex(({ name }) => name === shown);
  useEffect(() => {
    const entry = list.current?.children[position];
    if (!isFollowing || list.current === null || !(entry instanceof HTMLElement)) return;
    const { offsetTop: top, offsetHeight: height } = entry;
    const { scrollTop, clientHeight } = list.current;
    list.current.scrollTop = Math.min(top, Math.max(scrollTop, top + height - clientHeight));
  }, [isFollowing, shown, position]);
  return (
    <section class="panel list-panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{heading}</h2>
        {children}
      </header>
      <ol ref={list}>
        {entries.map(({ name, tone, word, data, details }) => (
          <li key={name}>
            <button
              type="button"
              class={`list-entry tone-${tone}`}
              aria-current={name === shown}
              onClick={() => onSelect(name)}
              {...data}
            >
              <Icon tone={tone} />
              <MiddleText text={name} />
              <span class="list-entry-details">
                <b>{word}</b>
                {details}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
