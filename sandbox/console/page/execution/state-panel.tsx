import { useState } from 'preact/hooks';
import { type Definition, transitions } from '../../../../statemachine/definition.ts';
import type { StateRun } from '../../../step-functions/state-runs.ts';
import { StatusChip } from '../status-chip.tsx';
import { VisitView } from './visit-view.tsx';

/** See {@link StatePanel}. */
interface StateProps {
  readonly definition: Definition;
  readonly states: readonly StateRun[];
  readonly name: string;
  readonly isSelected: boolean;
  readonly clockOffsetMs: number;
  readonly onFollow: () => void;
}

/** The details of one state of the execution. */
export function StatePanel({ definition, states, name, isSelected, clockOffsetMs, onFollow }: StateProps) {
  const visits = states.filter(run => run.name === name);
  const [selectedVisit, setSelectedVisit] = useState<{ readonly of: string; readonly index: number }>();
  const index =
    selectedVisit?.of === name ? Math.min(selectedVisit.index, visits.length - 1) : visits.length - 1;
  const visit = visits[index];
  const { Type, Comment } = definition.States[name] ?? {};
  return (
    <section id="state" class="panel state" aria-labelledby="state-heading">
      <header>
        <h2 id="state-heading">{name}</h2>
        <span class="hint">{Type}</span>
        <StatusChip status={visit?.status ?? 'notEntered'} />
        {isSelected ? (
          <button type="button" class="quiet" title="Show the state entered last" onClick={onFollow}>
            Follow
          </button>
        ) : (
          <span class="hint">followed</span>
        )}
      </header>
      {Comment !== undefined && <p class="comment">{Comment}</p>}
      {visits.length > 1 && (
        <fieldset class="visits">
          <legend>Entered {visits.length} times. Show</legend>
          {visits.map((each, number) => (
            <label key={each.periods[0]?.from.toISOString()}>
              <input
                type="radio"
                name="visit"
                checked={number === index}
                onChange={() => setSelectedVisit({ of: name, index: number })}
              />
              {number + 1}
            </label>
          ))}
        </fieldset>
      )}
      {visit !== undefined && <VisitView visit={visit} clockOffsetMs={clockOffsetMs} />}
      <NextStates definition={definition} states={states} name={name} />
    </section>
  );
}

/** The possible next states, with their conditions. */
function NextStates({ definition, states, name }: Pick<StateProps, 'definition' | 'states' | 'name'>) {
  const next = transitions(definition).filter(({ from }) => from === name);
  if (next.length === 0) return <p class="hint">The execution ends here.</p>;
  const taken = new Set(states.flatMap((run, index) => (states[index - 1]?.name === name ? [run.name] : [])));
  return (
    <>
      <h3>Next states</h3>
      <ul class="next-states">
        {next.map(({ to, kind, label }) => (
          <li key={`${to} ${label}`} class={taken.has(to) ? 'is-taken' : ''}>
            <span aria-hidden="true">{kind === 'catch' ? '⇢' : '→'}</span> {to}
            {label !== '' && <span class="hint"> {kind === 'catch' ? `on ${label}` : `if ${label}`}</span>}
            {taken.has(to) && <b> taken</b>}
          </li>
        ))}
      </ul>
    </>
  );
}
