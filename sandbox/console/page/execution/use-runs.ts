import { useEffect, useMemo, useState } from 'preact/hooks';
import { type ExecutionRuns, readRuns } from '../../../step-functions/state-runs.ts';
import type { ExecutionView, HistoryEventView } from '../../views.ts';
import { get } from '../live/api.ts';
import { recordedEvent } from './recorded-events.ts';

/** The history of an execution and its state runs. Both are empty without an execution. */
export function useRuns(
  execution: ExecutionView | undefined,
  onError: (error: unknown) => void,
): { readonly events: readonly HistoryEventView[]; readonly runs: ExecutionRuns } {
  const events = useHistory(execution?.name, execution?.lastEventId ?? 0, onError);
  const runs = useMemo(() => readRuns(events.map(recordedEvent)), [events]);
  return { events, runs };
}

interface History {
  readonly name: string | undefined;
  readonly events: readonly HistoryEventView[];
}

const NO_HISTORY: History = { name: undefined, events: [] };

/**
 * The events of an execution, including new ones as they arrive.
 *
 * @param lastEventId the newest event of the execution; 0 when there is none
 */
function useHistory(
  name: string | undefined,
  lastEventId: number,
  onError: (error: unknown) => void,
): readonly HistoryEventView[] {
  const [history, setHistory] = useState<History>(NO_HISTORY);
  const events = history.name === name ? history.events : NO_HISTORY.events;
  const knownId = events.at(-1)?.id ?? 0;
  useEffect(() => {
    if (name === undefined || knownId >= lastEventId) return;
    let isCurrent = true;
    get<HistoryEventView[]>(`/executions/${encodeURIComponent(name)}/events?after=${knownId}`)
      .then(more => {
        if (!isCurrent) return;
        setHistory(before => ({ name, events: [...(before.name === name ? before.events : []), ...more] }));
      })
      .catch(onError);
    return () => {
      isCurrent = false;
    };
  }, [name, knownId, lastEventId, onError]);
  return events;
}
