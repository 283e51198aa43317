import type { LogSubject } from '../shared/log.ts';
import { requestFields } from '../shared/request.ts';

/** What the state StorePending hands over. */
export interface StorePendingRequest extends LogSubject {
  readonly baseVersionId: string;
  readonly sealedValue: string;
  /** The version that the value was sealed for: another rotation's, when it was recovered. */
  readonly sealedVersionId: string;
  /** Null when Secrets Manager sent no RotationToken. */
  readonly sealedRotationToken: string | null;
}

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseStorePendingRequest(event: unknown): StorePendingRequest {
  const request = requestFields('The request of the state StorePending', event);
  return {
    secretArn: request.string('secretArn'),
    versionId: request.string('versionId'),
    baseVersionId: request.string('baseVersionId'),
    sealedValue: request.string('sealedValue'),
    sealedVersionId: request.string('sealedVersionId'),
    sealedRotationToken: request.nullableString('sealedRotationToken'),
    execution: request.string('execution'),
    state: request.string('state'),
  };
}
