import type { LogSubject } from '../shared/log.ts';
import { requestFields } from '../shared/request.ts';

/** What the states Refresh and RefreshPending hand over. */
export interface RefreshRequest extends LogSubject {
  /** Which refresh token to trade. */
  readonly source:
    | { readonly kind: 'current' }
    | { readonly kind: 'pending'; readonly pendingVersionId: string; readonly baseVersionId: string };
  /** Whether this execution has been in this state before, so that the token may have been presented already. */
  readonly repeated: boolean;
}

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseRefreshRequest(event: unknown): RefreshRequest {
  const request = requestFields('The request of the state Refresh', event);
  return {
    secretArn: request.string('secretArn'),
    versionId: request.string('versionId'),
    source:
      request.oneOf('source', ['current', 'pending']) === 'current'
        ? { kind: 'current' }
        : {
            kind: 'pending',
            pendingVersionId: request.string('pendingVersionId'),
            baseVersionId: request.string('baseVersionId'),
          },
    repeated: request.count('retryCount') + request.count('redriveCount') > 0,
    execution: request.string('execution'),
    state: request.string('state'),
  };
}
