import type { StepFunctions } from '../step-functions/step-functions.ts';
import type { EventBridge } from './event-bridge.ts';
import { executionStatusEvent } from './execution-status-event.ts';

/** Puts what Step Functions says of its executions on the bus. */
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
