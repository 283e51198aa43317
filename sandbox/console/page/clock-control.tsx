import { useState } from 'preact/hooks';
import { useNow } from './live/use-now.ts';
import { dateTimeText } from './time-text.ts';

/** See {@link ClockControl}. */
interface ClockProps {
  readonly clockOffsetMs: number;
  readonly isMoving: boolean;
  readonly onAdvance: (ms: number) => void;
}

/** As long as what one waits for: Secrets Manager's retries, the default schedule and window, the life of a token. */
const STEPS = [
  { ms: 60_000, name: '1 minute' },
  { ms: 300_000, name: '5 minutes' },
  { ms: 900_000, name: '15 minutes' },
  { ms: 3_600_000, name: '1 hour' },
  { ms: 32_400_000, name: '9 hours' },
  { ms: 86_400_000, name: '1 day' },
] as const;

/** The sandbox's time, and a way to move it on. */
export function ClockControl({ clockOffsetMs, isMoving, onAdvance }: ClockProps) {
  const now = useNow(clockOffsetMs, 1_000);
  const [stepMs, setStepMs] = useState<number>(3_600_000);
  return (
    <div class="clock">
      <time dateTime={now.toISOString()} title="The sandbox's time">
        {dateTimeText(now)} UTC
      </time>
      <select
        aria-label="By how much to move the clock on"
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
        title="Lets the time pass, and all that falls due in it happen"
        onClick={() => onAdvance(stepMs)}
      >
        {isMoving ? 'Moving…' : 'Move clock'}
      </button>
    </div>
  );
}
