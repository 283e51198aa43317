import { type ExecutionRotation, lostAlternate, rotationOf } from '../shared/executions/execution-data.ts';
import { requestFields } from '../shared/input/request.ts';

/** An execution has closed. */
export interface ExecutionClosed {
  readonly kind: 'execution-closed';
  readonly executionArn: string;
  /** Final; the three others may be followed by a redrive. */
  readonly succeeded: boolean;
  /** How often it had been redriven when it closed; undefined when the event does not say. */
  readonly redriveCount: number | undefined;
  readonly closedAt: Date | undefined;
  /** What it rotates; undefined when the event leaves its input out, as encryption with a key of the account does. */
  readonly rotation: ExecutionRotation | undefined;
  /** Whether it dropped an alternate grant that was dead. */
  readonly lostAlternate: boolean;
}

/** Secrets Manager has ended a rotation, of any secret in the account. */
export interface RotationEnded {
  readonly kind: 'rotation-ended';
  readonly secretArn: string;
  readonly succeeded: boolean;
  readonly at: Date;
  /** Why it failed, as Secrets Manager puts it. */
  readonly reason: string | undefined;
}

const CLOSED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/**
 * Reads an event of EventBridge.
 *
 * @throws InvalidRotationRequest it is neither of the two kinds
 * @see AWS Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge"
 * @see AWS Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager"
 */
export function parseNotificationEvent(event: unknown): ExecutionClosed | RotationEnded {
  const fields = requestFields('The event', event);
  const source = fields.oneOf('source', ['aws.states', 'aws.secretsmanager']);
  const detail = fields.object('detail');
  if (source === 'aws.states') {
    fields.oneOf('detail-type', ['Step Functions Execution Status Change']);
    const { redriveCount, stopDate, input, output } = (event as { detail: Readonly<Record<string, unknown>> })
      .detail;
    const executionArn = detail.string('executionArn');
    return {
      kind: 'execution-closed',
      executionArn,
      succeeded: detail.oneOf('status', CLOSED) === 'SUCCEEDED',
      redriveCount: typeof redriveCount === 'number' ? redriveCount : undefined,
      closedAt: typeof stopDate === 'number' ? new Date(stopDate) : undefined,
      rotation: typeof input === 'string' ? rotationOf(executionArn, input) : undefined,
      lostAlternate: typeof output === 'string' && lostAlternate(output),
    };
  }
  fields.oneOf('detail-type', ['AWS Service Event via CloudTrail']);
  const { errorMessage } = (event as { detail: { errorMessage?: unknown } }).detail;
  return {
    kind: 'rotation-ended',
    secretArn: detail.object('additionalEventData').secretArn('SecretId'),
    succeeded: detail.oneOf('eventName', ['RotationSucceeded', 'RotationFailed']) === 'RotationSucceeded',
    at: fields.instant('time'),
    reason: typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : undefined,
  };
}
