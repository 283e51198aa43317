import type { RotationStatus } from '../secrets-manager/rotation.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { RotationView } from './views.ts';

/** The state of a secret's rotation. */
export function rotationView({ rotation }: SecretDescription): RotationView {
  if (rotation === undefined) return { isEnabled: false, status: 'not enabled' };
  const { enabled, nextRotationDate, lastRotatedAt, unfinished } = rotation;
  return {
    isEnabled: enabled,
    ...(nextRotationDate !== undefined && { nextRotationDate: nextRotationDate.toISOString() }),
    ...(lastRotatedAt !== undefined && { lastRotatedDate: lastRotatedAt.toISOString() }),
    status: unfinished === undefined ? (enabled ? 'idle' : 'not enabled') : statusText(unfinished),
  };
}

function statusText({ kind, state, step, attempt, retryAt }: RotationStatus): string {
  switch (state) {
    case 'running':
      if (kind === 'test') return 'testing the configuration';
      return `rotating, attempt ${attempt}${step === undefined ? '' : `: ${step}`}`;
    case 'waitingForRetry':
      return `failed, waiting for a retry at ${retryAt?.toISOString()}`;
    case 'outOfRetries':
      return 'failed, no retry before the next window';
  }
}
