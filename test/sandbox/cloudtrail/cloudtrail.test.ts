import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import { CloudTrail } from '../../../sandbox/cloudtrail/cloudtrail.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys-AbCdEf';

/** A trail with three events, one minute apart. */
function trailWithEvents(): CloudTrail {
  const clock = new Clock();
  const trail = new CloudTrail(clock);
  for (const name of ['RotationStarted', 'RotationFailed', 'RotationStarted']) {
    trail.record({
      name,
      source: 'secretsmanager.amazonaws.com',
      requestId: 'Rotation-1',
      resource: { type: 'AWS::SecretsManager::Secret', name: SECRET_ARN },
      additionalEventData: { SecretId: SECRET_ARN },
      ...(name === 'RotationFailed' ? { errorMessage: 'why' } : {}),
    });
    clock.advance(60_000);
  }
  return trail;
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-02T10:30:00Z') });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

describe('CloudTrail', () => {
  it('keeps events in order', () => {
    const names = trailWithEvents()
      .events()
      .map(({ name }) => name);

    expect(names).toEqual(['RotationStarted', 'RotationFailed', 'RotationStarted']);
  });
});
