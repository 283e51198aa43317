import { useState } from 'preact/hooks';
import type { FaultView } from '../../views.ts';

/** See {@link OtherFaults}. */
interface OtherProps {
  readonly faults: readonly FaultView[];
  readonly onAdd: (text: string) => Promise<void>;
  readonly onRemove: (ids: readonly number[]) => Promise<void>;
}

/** The faults without a switch, and an input to set one. */
export function OtherFaults({ faults, onAdd, onRemove }: OtherProps) {
  const [text, setText] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void onAdd(text.trim()).then(() => setText(''));
  };
  return (
    <>
      {faults.length > 0 && (
        <ul class="other-faults">
          {faults.map(fault => (
            <li key={fault.id}>
              <code>{fault.text}</code>
              {fault.injected > 0 && <span class="injected">injected ×{fault.injected}</span>}
              <button type="button" class="quiet" onClick={() => void onRemove([fault.id])}>
                Remove<span class="visually-hidden"> {fault.text}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="new-fault" onSubmit={submit}>
        <input
          type="text"
          aria-label="Another fault rule"
          placeholder="lambda:verify=timeout-after,nth=1"
          value={text}
          spellcheck={false}
          onInput={event => setText(event.currentTarget.value)}
        />
        <button type="submit" disabled={text.trim() === ''}>
          Add
        </button>
      </form>
    </>
  );
}
