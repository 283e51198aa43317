import { useEffect, useState } from 'preact/hooks';
import type { StateRun } from '../../step-functions/state-runs.ts';
import type { CredentialView, ExecutionView } from '../views.ts';
import { ClockControl } from './clock-control.tsx';
import { CredentialActions } from './credential/credential-actions.tsx';
import { executionSentence } from './execution/execution-texts.ts';
import { send } from './live/api.ts';
import type { Actions } from './live/use-actions.ts';
import type { LiveOverview } from './live/use-overview.ts';

/** See {@link TopBar}. */
interface BarProps {
  readonly title: string;
  readonly live: LiveOverview;
  readonly credentials: readonly CredentialView[];
  readonly credential: CredentialView | undefined;
  readonly execution: ExecutionView | undefined;
  readonly states: readonly StateRun[];
  readonly actions: Actions;
  readonly onChooseCredential: (name: string) => void;
  readonly onRotate: (credential: CredentialView) => void;
}

/** The credential and the sandbox's time, with their actions. */
export function TopBar(props: BarProps) {
  const { title, live, credentials, credential, execution, states, actions } = props;
  const act = (name: string, path: string, body: object): void =>
    void actions.run(name, () => send('POST', path, body));
  return (
    <header class="top-bar">
      <h1>{title}</h1>
      <CredentialActions
        credentials={credentials}
        shown={credential}
        isPending={actions.isPending}
        onChoose={props.onChooseCredential}
        onRotate={props.onRotate}
        onAuthorize={({ secretArn }) => act('authorize', '/secrets/authorize', { secretArn })}
        onRevoke={({ secretArn }) => act('revoke', '/secrets/revoke', { secretArn })}
      />
      <ClockControl
        clockOffsetMs={live.clockOffsetMs}
        isMoving={actions.isPending('clock')}
        onAdvance={ms => act('clock', '/clock/advance', { ms })}
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

/** Longer than most states take, so that only the states that last are announced. */
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
