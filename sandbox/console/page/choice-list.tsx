import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Tone } from './appearance.ts';
import { Icon } from './icon.tsx';
import { MiddleText } from './middle-text.tsx';

/** An entry of a {@link ChoiceList}. */
interface Choice {
  readonly name: string;
  readonly tone: Tone;
  /** The status in a word. */
  readonly word: string;
  /** Data attributes of its button. */
  readonly data: Readonly<Record<`data-${string}`, string>>;
  /** Follows the status. */
  readonly details?: ComponentChildren;
}

/** See {@link ChoiceList}. */
interface ListProps {
  readonly heading: string;
  /** Shown beside the heading. */
  readonly children: ComponentChildren;
  readonly choices: readonly Choice[];
  readonly shown: string | undefined;
  /** Whether the list scrolls to keep the shown entry in view. */
  readonly isFollowing: boolean;
  readonly onChoose: (name: string) => void;
}

/** A panel with a list from which the user selects one entry. */
export function ChoiceList({ heading, children, choices, shown, isFollowing, onChoose }: ListProps) {
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const position = choices.findIndex(({ name }) => name === shown);
  useEffect(() => {
    const entry = list.current?.children[position];
    if (!isFollowing || list.current === null || !(entry instanceof HTMLElement)) return;
    const { offsetTop: top, offsetHeight: height } = entry;
    const { scrollTop, clientHeight } = list.current;
    list.current.scrollTop = Math.min(top, Math.max(scrollTop, top + height - clientHeight));
  }, [isFollowing, shown, position]);
  return (
    <section class="panel choices-panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{heading}</h2>
        {children}
      </header>
      <ol ref={list}>
        {choices.map(({ name, tone, word, data, details }) => (
          <li key={name}>
            <button
              type="button"
              class={`choice tone-${tone}`}
              aria-current={name === shown}
              onClick={() => onChoose(name)}
              {...data}
            >
              <Icon tone={tone} />
              <MiddleText text={name} />
              <span class="choice-details">
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
