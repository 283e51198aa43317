import { ConsoleBody } from './console-body.tsx';
import { ErrorBar } from './error-bar.tsx';
import { useActions } from './live/use-actions.ts';
import { useOverview } from './live/use-overview.ts';
import { useStateMachine } from './live/use-state-machine.ts';

/** The whole page. */
export function Console() {
  const live = useOverview();
  const actions = useActions();
  const machine = useStateMachine(live.connection === 'live', actions.fail);
  const { overview } = live;
  return (
    <>
      <ErrorBar error={actions.error} onDismiss={actions.dismissError} />
      {overview === undefined || machine === undefined ? (
        <p class="connecting" role="status">
          {live.connection === 'lost' ? 'The sandbox does not respond. Is it still running?' : 'Connecting…'}
        </p>
      ) : (
        <ConsoleBody live={live} overview={overview} machine={machine} actions={actions} />
      )}
    </>
  );
}
