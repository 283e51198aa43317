import { ConsoleBody } from './console-body.tsx';
import { useActions } from './live/use-actions.ts';
import { useOverview } from './live/use-overview.ts';
import { useStateMachine } from './live/use-state-machine.ts';

const LOST = 'The sandbox does not respond. If it is running, open the address that it printed.';

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
          {live.connection === 'lost' ? LOST : 'Connecting…'}
        </p>
      ) : (
        <ConsoleBody live={live} overview={overview} machine={machine} actions={actions} />
      )}
    </>
  );
}

/** See {@link ErrorBar}. */
interface ErrorProps {
  readonly error: string | undefined;
  readonly onDismiss: () => void;
}

/** The error of the user's last action. */
function ErrorBar({ error, onDismiss }: ErrorProps) {
  return (
    <div role="alert" class={error === undefined ? 'error-bar is-empty' : 'error-bar'}>
      {error !== undefined && (
        <>
          <p>{error}</p>
          <button type="button" class="quiet" onClick={onDismiss}>
            Dismiss
          </button>
        </>
      )}
    </div>
  );
}
