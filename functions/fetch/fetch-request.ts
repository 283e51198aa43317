import type { LogSubject } from '../shared/log.ts';
import { requestFields } from '../shared/request.ts';

/** Why an execution was started. */
const PURPOSES = ['rotate', 'check-configuration'] as const;

/** What the state Fetch hands over. */
export interface FetchRequest extends LogSubject {
  readonly purpose: (typeof PURPOSES)[number];
  /** The version that was AWSCURRENT when the recovered tokens were refreshed; null when there are none. */
  readonly recoveredBaseVersionId: string | null;
}

/**
 * Reads the request, and with it the whole input of the execution: what a later state would miss has to be found
 * here, before a refresh token is spent.
 *
 * @throws InvalidRotationRequest
 */
export function parseFetchRequest(event: unknown): FetchRequest {
  const request = requestFields('The request of the state Fetch', event);
  const input = request.object('input');
  input.nullableString('sealedRotationToken');
  const recovered = input.nullableObject('recovered');
  recovered?.string('sealedValue');
  recovered?.string('sealedVersionId');
  return {
    purpose: input.oneOf('purpose', PURPOSES),
    secretArn: input.string('secretArn'),
    versionId: input.string('versionId'),
    recoveredBaseVersionId: recovered?.string('baseVersionId') ?? null,
    execution: request.string('execution'),
    state: request.string('state'),
  };
}
