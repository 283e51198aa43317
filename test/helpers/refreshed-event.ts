import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN } from './secret.ts';

/** What Refresh hands on, as the end of that state stands in an execution's history. */
export function refreshedEvent(
  changes: { readonly state?: string; readonly refreshed?: object; readonly versionId?: unknown } = {},
): HistoryEvent {
  const { state = 'Refresh', refreshed = {}, versionId = FOREIGN_VERSION } = changes;
  return {
    timestamp: new Date('2026-07-01T08:00:05Z'),
    id: 9,
    type: 'TaskStateExited',
    stateExitedEventDetails: {
      name: state,
      output: JSON.stringify({
        purpose: 'rotate',
        secretArn: SECRET_ARN,
        versionId,
        refreshed: {
          tradedVersionId: BASE_VERSION,
          baseVersionId: BASE_VERSION,
          sealedValue: 'v1.d.e.f',
          refreshedAt: '2026-07-01T08:00:00.000Z',
          expiresAt: '2026-07-02T08:00:00.000Z',
          ...refreshed,
        },
      }),
    },
  };
}
