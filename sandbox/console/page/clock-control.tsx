import { useState } from 'preact/hooks';
import { useNow } from './live/use-now.ts';
import { dateTimeText } from './time-text.ts';

/** See {@link ClockControl}. */
interface ClockProps {
  readonly clockOffsetMs: number;
  readonly isMoving: boolean;
  readonly onAdvance: (ms: number) => void;
}

/** Typical waits: Secrets Manager's retries, the default schedule with its window, the lifetime of a token. */
const STEPS = [
  { ms: 60_000, name: '1 minute' },
  { ms: 300_000, name: '5 minutes' },
  { ms: 900_000, name: '15 minutes' },
  { ms: 3_600_000, name: '1 hour' },
  { ms: 32_400_000, name: '9 hours' },
  { ms: 86_400_000, name: '1 day' },
] as const;

/** The sandbox's time, and a button that advances it. */
export function ClockControl({ clockOffsetMs, isMoving, onAdvance }: ClockProps) {
  const now = useNow(clockOffsetMs, 1_000);
  const [stepMs, setStepMs] = useState<number>(3_600_000);
  return (
    <div class="clock">
      <time dateTime={now.toISOString()} title="The sandbox's time">
        {dateTimeText(now)}
      </time>
      <select
        aria-label="Clock step"
        value={stepMs}
        onChange={event => setStepMs(Number(event.currentTarget.value))}
      >
        {STEPS.map(({ ms, name }) => (
          <option key={ms} value={ms}>
            {name}
          </option>
        ))}
      </select>
      <button
        type="button"
        disabled={isMoving}
        title="Advances the clock and runs everything that becomes due"
        onClick={() => onAdvance(stepMs)}
      >
        {isMoving ? 'Advancing…' : 'Advance clock'}
      </button>
    </div>
  );
}
