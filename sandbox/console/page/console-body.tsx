import { useState } from 'preact/hooks';
import type { CredentialView, Overview } from '../views.ts';
import { ConsumerPanel } from './credential/consumer-panel.tsx';
import { CredentialList } from './credential/credential-list.tsx';
import { CredentialPanel } from './credential/credential-panel.tsx';
import { type ActionVerb, alternativeTo, NextAction } from './credential/next-action.tsx';
import { ErrorBar } from './error-bar.tsx';
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
import { reveal } from './live/reveal.ts';
import { updateSelection } from './live/selection.ts';
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

/** In a window this wide the lists have their own column, and the fault panel starts open. */
const WIDE = '(min-width: 1180px)';

/** The page after the sandbox has responded. */
export function ConsoleBody({ live, overview, machine, actions }: BodyProps) {
  const { executions, credentials, faults } = overview;
  const { clockOffsetMs } = live;
  const { definition } = machine;
  const [selection, select] = useSelection();
  const [startsWide] = useState(() => matchMedia(WIDE).matches);

  const selected = credentials.find(({ name }) => name === selection.secret);
  const execution =
    executions.find(({ name }) => name === selection.execution) ??
    executions.find(({ secretArn }) => selected === undefined || secretArn === selected.secretArn);
  const isRunning = execution?.status === 'RUNNING';
  const { events, runs } = useRuns(execution, actions.fail);
  const { states } = runs;
  const isSelected = selection.state !== undefined && selection.state in definition.States;
  const shownState = isSelected ? selection.state : states.at(-1)?.name;
  const selectState = (state: string | undefined): void => {
    select(updateSelection(selection, { state }));
    if (state !== undefined) reveal('state');
  };
  const credential =
    selected ?? credentials.find(({ secretArn }) => secretArn === execution?.secretArn) ?? credentials[0];
  const act = (name: string, path: string, body: object): void =>
    void actions.run(name, () => send('POST', path, body));

  const selectExecution = (name: string | undefined): void => {
    select({ ...(name !== undefined && { execution: name }) });
    if (name !== undefined) reveal('execution');
  };
  const perform = (verb: ActionVerb, { name, secretArn, verdict }: CredentialView): void => {
    const { executionArn } = verdict;
    switch (verb) {
      case 'rotate':
        select({ secret: name });
        act('rotate', '/secrets/rotate', { secretArn });
        break;
      case 'authorize':
        act('authorize', '/secrets/authorize', { secretArn });
        break;
      case 'redrive':
        act('redrive', '/executions/redrive', { executionArn });
        break;
      case 'follow':
        actions.dismissError();
        selectExecution(executions.find(({ arn }) => arn === executionArn)?.name);
    }
  };
  const alternative = alternativeTo(actions.error?.action, credential?.verdict.next ?? []);

  return (
    <>
      <ErrorBar {...actions}>
        {credential !== undefined && alternative !== undefined && (
          <NextAction verb={alternative} onAct={() => perform(alternative, credential)} />
        )}
      </ErrorBar>
      <TopBar title={machine.name} live={live} execution={execution} states={states} actions={actions} />
      <main>
        {credential === undefined ? (
          <p class="panel">No credentials yet.</p>
        ) : (
          <ConsumerPanel
            credential={credential}
            clockOffsetMs={clockOffsetMs}
            isPending={actions.isPending}
            onAct={verb => perform(verb, credential)}
            onRevoke={() => act('revoke', '/secrets/revoke', { secretArn: credential.secretArn })}
          />
        )}
        <div class="column lists">
          <CredentialList
            credentials={credentials}
            shown={credential?.name}
            onSelect={secret => {
              select({ secret });
              reveal('consumer');
            }}
          />
          <ExecutionList
            executions={executions}
            shown={execution?.name}
            isFollowing={selection.execution === undefined}
            clockOffsetMs={clockOffsetMs}
            onSelect={selectExecution}
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
        <section id="execution" class="panel execution-panel" aria-label="Selected execution">
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
            isSelected={isSelected}
            onSelect={selectState}
          />
        </section>
        <div class="column details">
          {shownState !== undefined && (
            <StatePanel
              definition={definition}
              states={states}
              name={shownState}
              isSelected={isSelected}
              clockOffsetMs={clockOffsetMs}
              onFollow={() => selectState(undefined)}
            />
          )}
          {credential !== undefined && (
            <CredentialPanel credential={credential} clockOffsetMs={clockOffsetMs} />
          )}
        </div>
        <div class="column history">
          {execution !== undefined && (
            <>
              <TimelineView
                runs={runs}
                isRunning={isRunning}
                clockOffsetMs={clockOffsetMs}
                shown={shownState}
                onSelect={selectState}
              />
              <EventTable key={execution.name} events={events} />
            </>
          )}
        </div>
      </main>
    </>
  );
}
