import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { FaultView } from '../../views.ts';
import type { FaultPreset } from './fault-presets.ts';

/** See {@link FaultSwitch}. */
interface SwitchProps extends FaultPreset {
  readonly faults: readonly FaultView[];
  readonly onSwitch: (text: string, isOn: boolean) => void;
  readonly children?: ComponentChildren;
}

/** Switches a fault on and off, and shows how often it was injected. */
export function FaultSwitch({ name, effect, text, faults, onSwitch, children }: SwitchProps) {
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
