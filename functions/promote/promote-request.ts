import type { LogSubject } from '../shared/log.ts';
import { requestFields } from '../shared/request.ts';

/** What the state Promote hands over. */
export interface PromoteRequest extends LogSubject {
  readonly action: 'promote';
  readonly pendingVersionId: string;
  readonly baseVersionId: string;
  /** When this execution refreshed the tokens; null when it did not, or when its definition does not tell. */
  readonly refreshedAt: Date | null;
}

/** What the state StandDown hands over. */
export interface StandDownRequest extends LogSubject {
  readonly action: 'stand-down';
}

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parsePromoteRequest(event: unknown): PromoteRequest | StandDownRequest {
  const request = requestFields('The request of the state Promote', event);
  const subject: LogSubject = {
    secretArn: request.string('secretArn'),
    versionId: request.string('versionId'),
    execution: request.string('execution'),
    state: request.string('state'),
  };
  const action = request.oneOf('action', ['promote', 'stand-down']);
  if (action === 'stand-down') return { ...subject, action };
  return {
    ...subject,
    action,
    pendingVersionId: request.string('pendingVersionId'),
    baseVersionId: request.string('baseVersionId'),
    // Absent in executions that began under the definition of 0.1.0, which a redrive keeps.
    refreshedAt: request.optionalInstant('refreshedAt'),
  };
}
