import type { ExecutionSnapshot } from '../step-functions/execution.ts';
import type { StepFunctions } from '../step-functions/step-functions.ts';
import type { EventEntry } from './bus-event.ts';
import type { EventBridge } from './event-bridge.ts';

/** Puts Step Functions' execution status events on the bus. */
export function connectStepFunctions(
  bus: EventBridge,
  stepFunctions: StepFunctions,
  options: {
    readonly now: () => Date;
    /** Whether the state machine has a customer managed key. */
    readonly isEncrypted: (stateMachineArn: string) => boolean;
  },
): void {
  stepFunctions.onStatusChange(execution =>
    bus.put(
      executionStatusEvent({
        execution,
        notRedrivableReason: stepFunctions.notRedrivableReason(execution),
        encrypted: options.isEncrypted(execution.stateMachineArn),
        at: options.now(),
      }),
    ),
  );
}

/** The data of a status event. */
export interface ReportedExecution {
  readonly execution: ExecutionSnapshot;
  /** Why it cannot be redriven; absent if it can. */
  readonly notRedrivableReason: string | undefined;
  /** Whether the state machine is encrypted with a customer managed key. */
  readonly encrypted: boolean;
  readonly at: Date;
}

/** The event omits data that is longer when escaped in the event. */
const MAX_DATA_BYTES = 248 * 1024;

/**
 * Step Functions' event for an execution's new status. Dates are in ms; missing values are null. For a state machine
 * with a customer managed key the event omits input, output, error and cause.
 *
 * Source: AWS Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge" and "Data at
 * rest encryption in Step Functions".
 */
export function executionStatusEvent(reported: ReportedExecution): EventEntry {
  const { execution, notRedrivableReason, encrypted, at } = reported;
  const output = encrypted ? null : withinLimit(execution.output, execution.output);
  const input = encrypted ? null : withinLimit(execution.input, execution.input, output);
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    at,
    resources: [execution.executionArn],
    detail: {
      executionArn: execution.executionArn,
      stateMachineArn: execution.stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt.getTime(),
      stopDate: execution.closedAt?.getTime() ?? null,
      input,
      output,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: execution.redriveCount,
      redriveDate: execution.redrivenAt?.getTime() ?? null,
      redriveStatus: notRedrivableReason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      redriveStatusReason: notRedrivableReason ?? null,
      inputDetails: { included: input !== null },
      outputDetails: execution.output === undefined ? null : { included: output !== null },
      error: encrypted ? null : (execution.failure.error ?? null),
      cause: encrypted ? null : (execution.failure.cause ?? null),
    },
  };
}

function withinLimit(
  text: string | undefined,
  ...counted: readonly (string | null | undefined)[]
): string | null {
  const bytes = counted.reduce((sum, each) => sum + Buffer.byteLength(JSON.stringify(each ?? '')), 0);
  return text === undefined || bytes > MAX_DATA_BYTES ? null : text;
}
