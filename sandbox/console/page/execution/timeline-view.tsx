import type { ExecutionRuns } from '../../../step-functions/state-runs.ts';
import { APPEARANCES } from '../appearance.ts';
import { useNow } from '../live/use-now.ts';
import { durationText } from '../time-text.ts';
import type { Extent } from './time-axis.ts';
import { type TimelineBar, type TimelineRow, timelineOf } from './timeline.ts';

/** See {@link TimelineView}. */
interface TimelineProps {
  readonly runs: ExecutionRuns;
  readonly isRunning: boolean;
  readonly clockOffsetMs: number;
  readonly shown: string | undefined;
  readonly onSelect: (state: string) => void;
}

/** One row per state, one bar per attempt. */
export function TimelineView({ runs, isRunning, clockOffsetMs, shown, onSelect }: TimelineProps) {
  const now = useNow(clockOffsetMs, isRunning ? 100 : 60_000);
  const { rows, ticks, gaps } = timelineOf(runs, now);
  return (
    <section class="panel timeline" aria-labelledby="timeline-heading">
      <header>
        <h2 id="timeline-heading">Timeline</h2>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col" class="axis">
              <span class="visually-hidden">Attempts</span>
              {ticks.map(({ at, sinceMs }) => (
                <span
                  key={`${at}`}
                  class={sinceMs === 0 ? 'tick is-first' : 'tick'}
                  style={{ left: percent(at) }}
                  aria-hidden="true"
                >
                  {durationText(sinceMs)}
                </span>
              ))}
            </th>
            <th scope="col" class="number">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${index} ${row.name}`} class={row.name === shown ? 'is-shown' : ''}>
              <th scope="row">
                <button type="button" class="link" onClick={() => onSelect(row.name)}>
                  {row.name}
                </button>
              </th>
              <td class="axis">
                {gaps.map(gap => (
                  <span
                    key={`gap ${gap.left}`}
                    class="gap"
                    style={place(gap)}
                    title={`${durationText(gap.durationMs)} until the redrive`}
                  />
                ))}
                {row.visits.map(visit => (
                  <span key={`visit ${visit.left}`} class="visit" style={place(visit)} />
                ))}
                {row.bars.map(bar => (
                  <Bar key={`bar ${bar.attempt ?? bar.left}`} bar={bar} />
                ))}
              </td>
              <td class="number">{rowTime(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gaps.length > 0 && <p class="hint">Hatched: time between a failure and its redrive, not to scale.</p>}
    </section>
  );
}

function Bar({ bar }: { readonly bar: TimelineBar }) {
  const { tone } = APPEARANCES[bar.status];
  const text = barText(bar);
  return (
    <span class={`bar tone-${tone}`} style={place(bar)} title={text} data-status={bar.status}>
      <span class="visually-hidden">{text}</span>
    </span>
  );
}

function barText({ attempt, status, error, durationMs }: TimelineBar): string {
  const { word } = APPEARANCES[status];
  const what = attempt === undefined ? word : `attempt ${attempt} ${word}`;
  return [what, ...(error === undefined ? [] : [error]), durationText(durationMs)].join(', ');
}

function rowTime({ bars }: TimelineRow): string {
  return durationText(bars.reduce((sum, { durationMs }) => sum + durationMs, 0));
}

function place({ left, width }: Extent): { left: string; width: string } {
  return { left: percent(left), width: percent(width) };
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
