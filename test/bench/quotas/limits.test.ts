import { describe, expect, it } from 'vitest';
import { quotaLimits } from '../../../bench/quotas/limits.ts';

describe('quotaLimits', () => {
  it('divides each quota by the requests of a rotation, the tightest first', () => {
    expect(quotaLimits('eu-central-1', 8)).toEqual([
      { quota: 'writing secrets', requestsPerRotation: 2, requestsPerSecond: 50, rotationsPerSecond: 25 },
      {
        quota: 'StateTransition',
        requestsPerRotation: 7,
        requestsPerSecond: 800,
        rotationsPerSecond: 800 / 7,
      },
      { quota: 'StartExecution', requestsPerRotation: 1, requestsPerSecond: 150, rotationsPerSecond: 150 },
      // 8 polls, and 5 other calls of DescribeSecret and 4 of GetSecretValue.
      {
        quota: 'reading secrets',
        requestsPerRotation: 17,
        requestsPerSecond: 10_000,
        rotationsPerSecond: 10_000 / 17,
      },
      // 4 values read, 1 written, and 4 calls of KMS.
      {
        quota: 'using keys',
        requestsPerRotation: 9,
        requestsPerSecond: 5_500,
        rotationsPerSecond: 5_500 / 9,
      },
    ]);
  });

  it('uses the larger quotas of some regions', () => {
    expect(quotaLimits('us-east-1', 8)).toContainEqual({
      quota: 'StateTransition',
      requestsPerRotation: 7,
      requestsPerSecond: 5_000,
      rotationsPerSecond: 5_000 / 7,
    });
  });
});
