import { type ExecutionRuns, workedMs } from '../../../step-functions/state-runs.ts';
import type { CredentialView, ExecutionView } from '../../views.ts';
import { CopyButton } from '../copy-button.tsx';
import { Fact } from '../fact.tsx';
import { useNow } from '../live/use-now.ts';
import { MiddleText } from '../middle-text.tsx';
import { StatusChip } from '../status-chip.tsx';
import { dateTimeText, durationText } from '../time-text.ts';

/** See {@link ExecutionHeader}. */
interface HeaderProps {
  readonly execution: ExecutionView;
  readonly runs: ExecutionRuns;
  readonly credentials: readonly CredentialView[];
  readonly clockOffsetMs: number;
  readonly isRedriving: boolean;
  readonly isStopping: boolean;
  readonly onRedrive: () => void;
  readonly onStop: () => void;
}

/** The status of an execution, with the buttons Redrive and Stop. */
export function ExecutionHeader(props: HeaderProps) {
  const { execution, runs, credentials, clockOffsetMs } = props;
  const { name, status, startDate, redriveCount, isRedrivable, secretArn, error } = execution;
  const isRunning = status === 'RUNNING';
  const now = useNow(clockOffsetMs, isRunning ? 250 : 60_000);
  const secret = credentials.find(credential => credential.secretArn === secretArn)?.name;
  return (
    <header class="execution-header">
      <div class="execution-title">
        <StatusChip status={status} />
        <h2>
          <MiddleText text={name} />
        </h2>
        <CopyButton text={execution.arn} label="Copy ARN" what="of the execution" />
      </div>
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={!isRedrivable || props.isRedriving}
          title="Resumes in the state that failed"
          onClick={props.onRedrive}
        >
          Redrive
        </button>
        <button
          type="button"
          disabled={!isRunning || props.isStopping}
          title="Stops this execution"
          onClick={props.onStop}
        >
          Stop
        </button>
      </div>
      <dl class="facts">
        {secret !== undefined && <Fact name="Secret" value={secret} />}
        <Fact name="Started" value={dateTimeText(new Date(startDate))} />
        <Fact name="Duration" value={durationText(workedMs(runs.periods, now))} />
        <Fact name="Redrives" value={String(redriveCount)} />
        {error !== undefined && <Fact name="Error" value={error} className="error-name" />}
      </dl>
    </header>
  );
}
