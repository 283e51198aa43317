import { useState } from 'preact/hooks';
import type { Overview } from '../views.ts';
import { CredentialPanel } from './credential/credential-panel.tsx';
import { EventTable } from './execution/event-table.tsx';
import { ExecutionHeader } from './execution/execution-header.tsx';
import { ExecutionList } from './execution/execution-list.tsx';
import { StatePanel } from './execution/state-panel.tsx';
import { TimelineView } from './execution/timeline-view.tsx';
import { useRuns } from './execution/use-runs.ts';
import { FaultPanel } from './faults/fault-panel.tsx';
import { functionNames } from './faults/fault-presets.ts';
import { GraphView } from './graph/graph-view.tsx';
import { send } from './live/api.ts';
import { withChoice } from './live/selection.ts';
import type { Actions } from './live/use-actions.ts';
import type { LiveOverview } from './live/use-overview.ts';
import { useSelection } from './live/use-selection.ts';
import type { StateMachine } from './live/use-state-machine.ts';
import { TopBar } from './top-bar.tsx';

/** See {@link ConsoleBody}. */
interface BodyProps {
  readonly live: LiveOverview;
  readonly overview: Overview;
  readonly machine: StateMachine;
  readonly actions: Actions;
}

/** In wide windows the faults are open at first. */
const WIDE = '(min-width: 700px)';

/** The page, once the sandbox has responded. */
export function ConsoleBody({ live, overview, machine, actions }: BodyProps) {
  const { executions, credentials, faults } = overview;
  const { clockOffsetMs } = live;
  const { definition } = machine;
  const [selection, select] = useSelection();
  const [startsWide] = useState(() => matchMedia(WIDE).matches);

  const execution = executions.find(({ name }) => name === selection.execution) ?? executions[0];
  const isRunning = execution?.status === 'RUNNING';
  const { events, runs } = useRuns(execution, actions.fail);
  const { states } = runs;
  const isChosen = selection.state !== undefined && selection.state in definition.States;
  const shownState = isChosen ? selection.state : states.at(-1)?.name;
  const chooseState = (state: string | undefined): void => select(withChoice(selection, { state }));
  const credential =
    credentials.find(({ name }) => name === selection.secret) ??
    credentials.find(({ secretArn }) => secretArn === execution?.secretArn) ??
    credentials[0];
  const act = (name: string, path: string, body: object): void =>
    void actions.run(name, () => send('POST', path, body));

  return (
    <>
      <TopBar
        title={machine.name}
        live={live}
        credentials={credentials}
        credential={credential}
        execution={execution}
        states={states}
        actions={actions}
        onChooseCredential={secret => select(withChoice(selection, { secret }))}
        onRotate={({ secretArn }) => {
          select(withChoice(selection, { execution: undefined, state: undefined }));
          act('rotate', '/secrets/rotate', { secretArn });
        }}
      />
      <main>
        <div class="column">
          <ExecutionList
            executions={executions}
            shown={execution?.name}
            isFollowing={selection.execution === undefined}
            clockOffsetMs={clockOffsetMs}
            onChoose={name => select(withChoice(selection, { execution: name, state: undefined }))}
          />
          <FaultPanel
            faults={faults}
            functions={functionNames(definition)}
            startsOpen={startsWide}
            onAdd={text => actions.run('fault', () => send('POST', '/faults', { text }))}
            onRemove={ids =>
              actions.run('fault', async () => {
                for (const id of ids) await send('DELETE', `/faults/${id}`);
              })
            }
          />
        </div>
        <div class="column">
          <section class="panel execution-panel" aria-label="Chosen execution">
            {execution !== undefined && (
              <ExecutionHeader
                execution={execution}
                runs={runs}
                credentials={credentials}
                clockOffsetMs={clockOffsetMs}
                isRedriving={actions.isPending('redrive')}
                isStopping={actions.isPending('stop')}
                onRedrive={() => act('redrive', '/executions/redrive', { executionArn: execution.arn })}
                onStop={() => act('stop', '/executions/stop', { executionArn: execution.arn })}
              />
            )}
            <GraphView
              definition={definition}
              states={states}
              shown={shownState}
              isChosen={isChosen}
              onChoose={chooseState}
            />
          </section>
          {execution !== undefined && (
            <>
              <TimelineView
                runs={runs}
                isRunning={isRunning}
                clockOffsetMs={clockOffsetMs}
                shown={shownState}
                onChoose={chooseState}
              />
              <EventTable key={execution.name} events={events} />
            </>
          )}
        </div>
        <div class="column">
          {shownState !== undefined && (
            <StatePanel
              definition={definition}
              states={states}
              name={shownState}
              isChosen={isChosen}
              clockOffsetMs={clockOffsetMs}
              onFollow={() => chooseState(undefined)}
            />
          )}
          {credential !== undefined && (
            <CredentialPanel credential={credential} clockOffsetMs={clockOffsetMs} />
          )}
        </div>
      </main>
    </>
  );
}
