import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { FaultView } from '../../views.ts';
import { type CrashMoment, crashText, FAULT_PRESETS, type FaultPreset } from './fault-presets.ts';
import { OtherFaults } from './other-faults.tsx';

/** See {@link FaultPanel}. */
interface FaultProps {
  readonly faults: readonly FaultView[];
  /** The short names of the functions that can crash. */
  readonly functions: readonly string[];
  readonly startsOpen: boolean;
  readonly onAdd: (text: string) => Promise<void>;
  readonly onRemove: (ids: readonly number[]) => Promise<void>;
}

/** The faults: switches for the most useful ones, and an input for all others. */
export function FaultPanel({ faults, functions, startsOpen, onAdd, onRemove }: FaultProps) {
  const [selected, setSelected] = useState<string>();
  const [moment, setMoment] = useState<CrashMoment>('before');
  const crashingFunction = selected ?? functions[0];
  const crash = crashingFunction === undefined ? undefined : crashText(crashingFunction, moment);
  const onSwitch = (text: string, isOn: boolean): Promise<void> =>
    isOn ? onAdd(text) : onRemove(faults.filter(fault => fault.text === text).map(({ id }) => id));
  const switched = new Set([...FAULT_PRESETS.map(({ text }) => text), crash]);
  return (
    <details class="panel faults" open={startsOpen}>
      <summary>
        <h2>Faults</h2>
        <span class={faults.length === 0 ? 'hint' : 'chip tone-waiting'}>
          {faults.length === 0 ? 'none' : `${faults.length} on`}
        </span>
      </summary>
      <ul class="switches">
        {FAULT_PRESETS.map(preset => (
          <FaultSwitch key={preset.text} {...preset} faults={faults} onSwitch={onSwitch} />
        ))}
        {crash !== undefined && (
          <FaultSwitch
            name="A function crashes"
            effect="It ends without a response, before or after its work."
            text={crash}
            faults={faults}
            onSwitch={onSwitch}
          >
            <select
              aria-label="Function that crashes"
              value={crashingFunction}
              onChange={event => setSelected(event.currentTarget.value)}
            >
              {functions.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            <select
              aria-label="When it crashes"
              value={moment}
              onChange={event => setMoment(event.currentTarget.value === 'after' ? 'after' : 'before')}
            >
              <option value="before">before its work</option>
              <option value="after">after its work</option>
            </select>
          </FaultSwitch>
        )}
      </ul>
      <OtherFaults
        faults={faults.filter(({ text }) => !switched.has(text))}
        onAdd={onAdd}
        onRemove={onRemove}
      />
    </details>
  );
}

/** See {@link FaultSwitch}. */
interface SwitchProps extends FaultPreset {
  readonly faults: readonly FaultView[];
  readonly onSwitch: (text: string, isOn: boolean) => void;
  readonly children?: ComponentChildren;
}

/** Switches a fault on and off, and shows how often it was injected. */
function FaultSwitch({ name, effect, text, faults, onSwitch, children }: SwitchProps) {
  const id = useId();
  const set = faults.filter(fault => fault.text === text);
  const count = set.reduce((sum, { injected }) => sum + injected, 0);
  return (
    <li>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={set.length > 0}
        aria-checked={set.length > 0}
        aria-describedby={`${id}-effect`}
        onChange={event => onSwitch(text, event.currentTarget.checked)}
      />
      <label for={id}>{name}</label>
      {count > 0 && <span class="injected">injected ×{count}</span>}
      <p class="hint" id={`${id}-effect`}>
        {effect}
      </p>
      {children !== undefined && <div class="choices">{children}</div>}
    </li>
  );
}
