import { useMemo } from 'preact/hooks';
import { type ExecutionRuns, readRuns } from '../../../step-functions/state-runs.ts';
import type { ExecutionView, HistoryEventView } from '../../views.ts';
import { useHistory } from '../live/use-history.ts';
import { recordedEvent } from './recorded-events.ts';

/** The history of an execution and the runs in it. Both are empty without an execution. */
export function useRuns(
  execution: ExecutionView | undefined,
  onError: (error: unknown) => void,
): { readonly events: readonly HistoryEventView[]; readonly runs: ExecutionRuns } {
  const events = useHistory(execution?.name, execution?.lastEventId ?? 0, onError);
  const runs = useMemo(() => readRuns(events.map(recordedEvent)), [events]);
  return { events, runs };
}
