import { type ExecutionRotation, lostAlternate, rotationOf } from '../shared/executions/execution-data.ts';
import { requestFields } from '../shared/input/request.ts';

/** An execution that has closed. */
export interface ExecutionClosed {
  readonly executionArn: string;
  /** A success is final; a failed execution may be redriven. */
  readonly succeeded: boolean;
  /** How often it had been redriven when it closed; undefined when the event does not include it. */
  readonly redriveCount: number | undefined;
  readonly closedAt: Date | undefined;
  /** Its rotation; undefined when the event omits the input, for example because a customer managed key encrypts it. */
  readonly rotation: ExecutionRotation | undefined;
  /** Whether it dropped a lost alternate grant. */
  readonly lostAlternate: boolean;
}

/**
 * Reads an event of EventBridge.
 *
 * @throws InvalidRotationRequest the event does not report that an execution has closed
 * @see AWS Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge"
 */
export function parseNotificationEvent(event: unknown): ExecutionClosed {
  const fields = requestFields('The event', event);
  fields.oneOf('source', ['aws.states']);
  fields.oneOf('detail-type', ['Step Functions Execution Status Change']);
  const detail = fields.object('detail');
  const { redriveCount, stopDate, input, output } = (event as { detail: Readonly<Record<string, unknown>> })
    .detail;
  const executionArn = detail.string('executionArn');
  return {
    executionArn,
    succeeded: detail.oneOf('status', ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']) === 'SUCCEEDED',
    redriveCount: typeof redriveCount === 'number' ? redriveCount : undefined,
    closedAt: typeof stopDate === 'number' ? new Date(stopDate) : undefined,
    rotation: typeof input === 'string' ? rotationOf(executionArn, input) : undefined,
    lostAlternate: typeof output === 'string' && lostAlternate(output),
  };
}
