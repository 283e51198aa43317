import { useEffect, useState } from 'preact/hooks';
import type { HistoryEventView } from '../../views.ts';
import { get } from './api.ts';

interface History {
  readonly name: string | undefined;
  readonly events: readonly HistoryEventView[];
}

const NOTHING: History = { name: undefined, events: [] };

/**
 * The events of an execution, also new ones.
 *
 * @param lastEventId the newest event of the execution; 0 when there is none
 */
export function useHistory(
  name: string | undefined,
  lastEventId: number,
  onError: (error: unknown) => void,
): readonly HistoryEventView[] {
  const [history, setHistory] = useState<History>(NOTHING);
  const events = history.name === name ? history.events : NOTHING.events;
  const knownId = events.at(-1)?.id ?? 0;
  useEffect(() => {
    if (name === undefined || knownId >= lastEventId) return;
    let isWanted = true;
    get<HistoryEventView[]>(`/executions/${encodeURIComponent(name)}/events?after=${knownId}`)
      .then(more => {
        if (!isWanted) return;
        setHistory(before => ({ name, events: [...(before.name === name ? before.events : []), ...more] }));
      })
      .catch(onError);
    return () => {
      isWanted = false;
    };
  }, [name, knownId, lastEventId, onError]);
  return events;
}
