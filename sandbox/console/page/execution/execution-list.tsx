import type { ExecutionView } from '../../views.ts';
import { APPEARANCES } from '../appearance.ts';
import { Icon } from '../icon.tsx';
import { useNow } from '../live/use-now.ts';
import { distanceText } from '../time-text.ts';

/** See {@link ExecutionList}. */
interface ListProps {
  readonly executions: readonly ExecutionView[];
  readonly shown: string | undefined;
  /** Whether the list follows the newest one. */
  readonly isFollowing: boolean;
  readonly clockOffsetMs: number;
  /** Undefined: the newest one. */
  readonly onChoose: (name: string | undefined) => void;
}

/** The executions, newest first. */
export function ExecutionList({ executions, shown, isFollowing, clockOffsetMs, onChoose }: ListProps) {
  const now = useNow(clockOffsetMs, 1_000);
  return (
    <section class="panel executions" aria-labelledby="executions-heading">
      <header>
        <h2 id="executions-heading">Executions</h2>
        <button
          type="button"
          class="quiet"
          aria-pressed={isFollowing}
          title="Show each new execution as it starts"
          onClick={() => onChoose(isFollowing ? shown : undefined)}
        >
          Follow newest
        </button>
      </header>
      {executions.length === 0 && <p class="hint">None yet. Press “Rotate now”.</p>}
      <ol>
        {executions.map(({ name, status, redriveCount, startDate, error }) => {
          const { tone, word } = APPEARANCES[status];
          return (
            <li key={name}>
              <button
                type="button"
                class={`execution tone-${tone}`}
                aria-current={name === shown}
                data-execution={name}
                data-status={status}
                onClick={() => onChoose(name)}
              >
                <Icon tone={tone} />
                <span class="execution-name" title={name}>
                  {name}
                </span>
                <span class="execution-facts">
                  <b>{word}</b>
                  {redriveCount > 0 && ` · redriven ×${redriveCount}`}
                  {` · ${distanceText(new Date(startDate), now)}`}
                </span>
                {error !== undefined && <span class="execution-error">{error}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
