import { useEffect, useState } from 'preact/hooks';
import type { StateRun } from '../../step-functions/state-runs.ts';
import type { ExecutionView } from '../views.ts';
import { ClockControl } from './clock-control.tsx';
import { executionSentence } from './execution/execution-texts.ts';
import { send } from './live/api.ts';
import type { Actions } from './live/use-actions.ts';
import type { LiveOverview } from './live/use-overview.ts';

/** See {@link TopBar}. */
interface BarProps {
  readonly title: string;
  readonly live: LiveOverview;
  readonly execution: ExecutionView | undefined;
  readonly states: readonly StateRun[];
  readonly actions: Actions;
}

/** The state machine and the sandbox's time. */
export function TopBar({ title, live, execution, states, actions }: BarProps) {
  return (
    <header class="top-bar">
      <h1>{title}</h1>
      <ClockControl
        clockOffsetMs={live.clockOffsetMs}
        isMoving={actions.isPending('clock')}
        onAdvance={ms => void actions.run('clock', () => send('POST', '/clock/advance', { ms }))}
      />
      {live.connection === 'lost' && (
        <p class="lost" role="alert">
          The sandbox does not respond. This page is out of date.
        </p>
      )}
      <Announcer text={execution === undefined ? '' : executionSentence(execution, states)} />
    </header>
  );
}

/** Longer than most states take: only states that last longer are announced. */
const SETTLE_MS = 600;

/** Announces the state of the execution to screen readers. */
function Announcer({ text }: { readonly text: string }) {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="visually-hidden" role="status">
      {settled}
    </p>
  );
}
