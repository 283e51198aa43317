import { type StateRun, workedMs } from '../../../step-functions/state-runs.ts';
import { Fact } from '../fact.tsx';
import { retryCount } from '../graph/state-look.ts';
import { JsonText } from '../json-text.tsx';
import { useNow } from '../live/use-now.ts';
import { StatusChip } from '../status-chip.tsx';
import { durationText, timeOfDayText } from '../time-text.ts';
import { failureText } from './execution-texts.ts';

/** See {@link VisitView}. */
interface VisitProps {
  readonly visit: StateRun;
  readonly clockOffsetMs: number;
}

/** One visit to a state: time, error, attempts, input and output. */
export function VisitView({ visit, clockOffsetMs }: VisitProps) {
  const { status, periods, attempts, redriveCount, error, cause, input, output } = visit;
  const isOpen = status === 'running' || status === 'waiting';
  const now = useNow(clockOffsetMs, isOpen ? 250 : 60_000);
  const enteredAt = periods[0]?.from;
  return (
    <>
      <dl class="facts">
        <Fact name="Entered" value={enteredAt === undefined ? '–' : `${timeOfDayText(enteredAt)} UTC`} />
        <Fact name="Time" value={durationText(workedMs(periods, now))} />
        {attempts.length > 0 && (
          <>
            <Fact name="Attempts" value={String(attempts.length)} />
            <Fact name="Retries" value={String(retryCount(visit))} />
          </>
        )}
        {redriveCount > 0 && <Fact name="Redrives" value={String(redriveCount)} />}
      </dl>
      {error !== undefined && (
        <div class="failure">
          <h3 class="error-name">{error}</h3>
          {cause !== undefined && <p>{failureText(cause)}</p>}
        </div>
      )}
      {attempts.length > 0 && (
        <table class="attempts">
          <caption class="visually-hidden">Attempts</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                #
              </th>
              <th scope="col">Started (UTC)</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map(attempt => (
              <tr key={attempt.number}>
                <td class="number">{attempt.number}</td>
                <td class="time">{timeOfDayText(attempt.from)}</td>
                <td class="number">{durationText(workedMs([attempt], now))}</td>
                <td>
                  <StatusChip status={attempt.status} />
                  {attempt.error !== undefined && <span class="error-name"> {attempt.error}</span>}
                  {attempt.redriveCount > 0 && <span class="hint"> redrive {attempt.redriveCount}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Data name="Input" value={input} />
      <Data name="Parameters" value={attempts.at(-1)?.parameters} />
      <Data name="Output" value={output} />
      <Data name="Cause" value={cause} />
    </>
  );
}

function Data({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <details class="data">
      <summary>{name}</summary>
      <JsonText value={value} />
    </details>
  );
}
