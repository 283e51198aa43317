import { ConsoleBody } from './console-body.tsx';
import { ErrorBar } from './error-bar.tsx';
import { useActions } from './live/use-actions.ts';
import { useOverview } from './live/use-overview.ts';
import { useStateMachine } from './live/use-state-machine.ts';

const LOST = 'The sandbox does not respond. If it is running, open the URL that it printed.';

/** The whole page. */
export function Console() {
  const live = useOverview();
  const actions = useActions();
  const machine = useStateMachine(live.connection === 'live', actions.fail);
  const { overview } = live;
  if (overview !== undefined && machine !== undefined) {
    return <ConsoleBody live={live} overview={overview} machine={machine} actions={actions} />;
  }
  return (
    <>
      <ErrorBar {...actions} />
      <p class="connecting" role="status">
        {live.connection === 'lost' ? LOST : 'Connecting…'}
      </p>
    </>
  );
}
