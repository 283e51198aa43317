import { useEffect, useState } from 'preact/hooks';
import { type Definition, parseDefinition } from '../../../../statemachine/definition.ts';
import type { StateMachineView } from '../../views.ts';
import { get } from './api.ts';

/** The state machine that the page draws. */
export interface StateMachine {
  readonly name: string;
  readonly definition: Definition;
}

/** Reads the state machine, and reads it again after the sandbox restarts. */
export function useStateMachine(
  isLive: boolean,
  onError: (error: unknown) => void,
): StateMachine | undefined {
  const [machine, setMachine] = useState<StateMachine>();
  useEffect(() => {
    if (!isLive) return;
    get<StateMachineView>('/state-machine')
      .then(({ name, definition }) =>
        setMachine({ name, definition: parseDefinition(JSON.stringify(definition)) }),
      )
      .catch(onError);
  }, [isLive, onError]);
  return machine;
}
