import type { LabelMoveView } from '../../views.ts';
import { dateTimeText, timeOfDayText } from '../time-text.ts';
import { shortId } from './short-id.ts';

/** The moves of the staging labels, latest first. */
export function LabelMoves({ moves }: { readonly moves: readonly LabelMoveView[] }) {
  if (moves.length === 0) return <p class="hint">None since the sandbox started.</p>;
  return (
    <ol class="moves">
      {moves.toReversed().map(({ at, label, from, to }) => (
        <li key={`${at} ${label} ${from} ${to}`}>
          <time dateTime={at} title={`${dateTimeText(new Date(at))} UTC`}>
            {timeOfDayText(new Date(at)).slice(0, 8)}
          </time>
          <span>
            <span class="label">{label}</span> {route(from, to)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function route(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return `added to ${shortId(to ?? '')}`;
  return to === undefined ? `removed from ${shortId(from)}` : `from ${shortId(from)} to ${shortId(to)}`;
}
