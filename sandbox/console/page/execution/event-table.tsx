import { useState } from 'preact/hooks';
import type { HistoryEventView } from '../../views.ts';
import { JsonText } from '../json-text.tsx';
import { timeOfDayText } from '../time-text.ts';
import { eventRows } from './event-rows.ts';

/** The events of an execution as GetExecutionHistory returns them. */
export function EventTable({ events }: { readonly events: readonly HistoryEventView[] }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number): void => {
    setOpened(before =>
      before.has(id) ? new Set([...before].filter(each => each !== id)) : new Set([...before, id]),
    );
  };
  return (
    <section class="panel events" aria-labelledby="events-heading">
      <header>
        <h2 id="events-heading">Event history</h2>
        <span class="hint">{events.length} events</span>
      </header>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                Id
              </th>
              <th scope="col">Type</th>
              <th scope="col">State</th>
              <th scope="col">Summary</th>
              <th scope="col">Time (UTC)</th>
            </tr>
          </thead>
          <tbody>
            {eventRows(events).flatMap(({ id, type, state, summary, at, details, isFailure }) => [
              <tr key={id} class={isFailure ? 'is-failure' : ''}>
                <td class="number">{id}</td>
                <th scope="row">
                  {details === undefined ? (
                    type
                  ) : (
                    <button
                      type="button"
                      class="link disclosure"
                      aria-expanded={opened.has(id)}
                      onClick={() => toggle(id)}
                    >
                      {type}
                    </button>
                  )}
                </th>
                <td>{state}</td>
                <td>{summary}</td>
                <td class="time">{timeOfDayText(at)}</td>
              </tr>,
              ...(details !== undefined && opened.has(id)
                ? [
                    <tr key={`${id} details`} class="event-details">
                      <td />
                      <td colSpan={4}>
                        <JsonText value={details} />
                      </td>
                    </tr>,
                  ]
                : []),
            ])}
          </tbody>
        </table>
      </div>
    </section>
  );
}
