import type { ExecutionView } from '../../views.ts';
import { APPEARANCES } from '../appearance.ts';
import { useNow } from '../live/use-now.ts';
import { SelectableList } from '../selectable-list.tsx';
import { dateTimeText, distanceText } from '../time-text.ts';

/** See {@link ExecutionList}. */
interface ListProps {
  readonly executions: readonly ExecutionView[];
  readonly shown: string | undefined;
  /** Whether the newest execution is shown and kept in view. */
  readonly isFollowing: boolean;
  readonly clockOffsetMs: number;
  /** Called with undefined to follow the newest execution. */
  readonly onSelect: (name: string | undefined) => void;
}

/** The executions, newest first. */
export function ExecutionList({ executions, shown, isFollowing, clockOffsetMs, onSelect }: ListProps) {
  const now = useNow(clockOffsetMs, 1_000);
  return (
    <SelectableList
      heading="Executions"
      entries={executions.map(({ name, status, redriveCount, startDate, error }) => ({
        name,
        ...APPEARANCES[status],
        data: { 'data-execution': name, 'data-status': status },
        details: (
          <>
            {redriveCount > 0 && ` · redriven ×${redriveCount}`}
            {' · '}
            <time dateTime={startDate} title={dateTimeText(new Date(startDate))}>
              {distanceText(new Date(startDate), now)}
            </time>
            {error !== undefined && <span class="list-entry-error">{error}</span>}
          </>
        ),
      }))}
      shown={shown}
      isFollowing={isFollowing}
      onSelect={onSelect}
    >
      {executions.length === 0 ? (
        <span class="hint">none yet</span>
      ) : (
        <button
          type="button"
          class="quiet"
          aria-pressed={isFollowing}
          title="Show each new execution as it starts"
          onClick={() => onSelect(isFollowing ? shown : undefined)}
        >
          Follow newest
        </button>
      )}
    </SelectableList>
  );
}
