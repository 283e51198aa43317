import type { LogSubject } from '../shared/log.ts';
import { requestFields } from '../shared/request.ts';

/** What the states Verify, VerifyResumed and CheckConfiguration hand over. */
export interface VerifyRequest extends LogSubject {
  readonly mode: 'verify' | 'check-configuration';
  /** The version to look at. */
  readonly pendingVersionId: string;
  /** When this execution refreshed the tokens; null when it did not. */
  readonly refreshedAt: Date | null;
}

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseVerifyRequest(event: unknown): VerifyRequest {
  const request = requestFields('The request of the state Verify', event);
  return {
    mode: request.oneOf('mode', ['verify', 'check-configuration']),
    secretArn: request.string('secretArn'),
    versionId: request.string('versionId'),
    pendingVersionId: request.string('pendingVersionId'),
    refreshedAt: request.nullableInstant('refreshedAt'),
    execution: request.string('execution'),
    state: request.string('state'),
  };
}
