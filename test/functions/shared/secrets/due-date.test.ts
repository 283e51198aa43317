import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { type DeploymentSchedule, dueDate } from '../../../../functions/shared/secrets/due-date.ts';

const RATE: DeploymentSchedule = { expression: 'rate(8 hours)', window: '1h', longestGapHours: 9 };
const DAILY: DeploymentSchedule = { expression: 'cron(0 8 * * ? *)', window: '2h', longestGapHours: 26 };
const WEEKLY: DeploymentSchedule = { expression: 'cron(0 8 ? * MON *)', window: '2h', longestGapHours: 26 };

const CREATED = new Date('2026-01-01T00:00:00Z');
/** A Monday. */
const ROTATED = new Date('2026-06-01T08:00:00Z');
const NEXT = new Date('2026-06-08T08:00:00Z');

function secret(changes: SecretListEntry = {}): SecretListEntry {
  return { CreatedDate: CREATED, LastRotatedDate: ROTATED, RotationEnabled: true, ...changes };
}

describe('dueDate', () => {
  it.each<[string, SecretListEntry, DeploymentSchedule, string]>([
    [
      "of the deployment's schedule",
      secret({ RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' } }),
      RATE,
      '2026-06-01T17:00:00Z',
    ],
    ['of a secret without its own schedule', secret({ RotationRules: {} }), RATE, '2026-06-01T17:00:00Z'],
    ['of a secret without rules', secret(), RATE, '2026-06-01T17:00:00Z'],
    [
      'of another window',
      secret({ RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '4h' } }),
      RATE,
      '2026-06-01T20:00:00Z',
    ],
    [
      'of other hours, with their default window',
      secret({ RotationRules: { ScheduleExpression: 'rate(4 hours)' } }),
      RATE,
      '2026-06-01T13:00:00Z',
    ],
    [
      'of one day, with its default window',
      secret({ RotationRules: { ScheduleExpression: 'rate(1 day)' } }),
      RATE,
      '2026-06-03T08:00:00Z',
    ],
    [
      'of days with a window',
      secret({ RotationRules: { ScheduleExpression: 'rate(10 days)', Duration: '2h' } }),
      RATE,
      '2026-06-11T10:00:00Z',
    ],
    [
      'of AutomaticallyAfterDays',
      secret({ RotationRules: { AutomaticallyAfterDays: 2 } }),
      RATE,
      '2026-06-04T08:00:00Z',
    ],
    [
      'of a rate that Secrets Manager also returns in days',
      secret({
        RotationRules: { ScheduleExpression: 'rate(10 hours)', Duration: '1h', AutomaticallyAfterDays: 1 },
      }),
      RATE,
      '2026-06-01T19:00:00Z',
    ],
    [
      'of a cron expression: the next rotation and its window',
      secret({
        RotationRules: { ScheduleExpression: 'cron(0 8 ? * MON *)', Duration: '3h' },
        NextRotationDate: NEXT,
      }),
      RATE,
      '2026-06-08T11:00:00Z',
    ],
    [
      'of a cron expression without a window, which ends with the day',
      secret({ RotationRules: { ScheduleExpression: 'cron(0 8 ? * MON *)' }, NextRotationDate: NEXT }),
      RATE,
      '2026-06-09T08:00:00Z',
    ],
    [
      'of a cron expression whose next rotation is unknown',
      secret({ RotationRules: { ScheduleExpression: 'cron(0 8 ? * MON *)' } }),
      RATE,
      '2026-06-01T17:00:00Z',
    ],
    [
      "of the deployment's daily cron expression: its gap, whatever Secrets Manager plans",
      secret({
        RotationRules: { ScheduleExpression: 'cron(0 8 * * ? *)', Duration: '2h' },
        NextRotationDate: NEXT,
      }),
      DAILY,
      '2026-06-02T10:00:00Z',
    ],
    [
      "of the deployment's weekly cron expression, whose gap is a lower bound",
      secret({
        RotationRules: { ScheduleExpression: 'cron(0 8 ? * MON *)', Duration: '2h' },
        NextRotationDate: NEXT,
      }),
      WEEKLY,
      '2026-06-08T10:00:00Z',
    ],
    [
      'of a rotation that is disabled',
      secret({ RotationEnabled: false, RotationRules: { ScheduleExpression: 'rate(100 days)' } }),
      RATE,
      '2026-06-01T17:00:00Z',
    ],
    [
      'of a rotation that was never configured',
      { CreatedDate: CREATED, RotationRules: { ScheduleExpression: 'rate(100 days)' } },
      RATE,
      '2026-01-01T09:00:00Z',
    ],
  ])('uses the gap %s', (_what, entry, deployment, due) => {
    expect(dueDate(entry, deployment)).toEqual(new Date(due));
  });

  describe('of a secret that was never rotated', () => {
    const rules = { ScheduleExpression: 'rate(8 hours)', Duration: '1h' };

    it.each([
      ['counts from its creation', undefined, '2026-01-01T09:00:00Z'],
      ['is the end of its first window when its rotation was enabled later', NEXT, '2026-06-08T08:00:00Z'],
      [
        'counts from its creation when that window ends earlier',
        new Date('2026-01-01T08:00:00Z'),
        '2026-01-01T09:00:00Z',
      ],
    ])('%s', (_what, next, due) => {
      const entry: SecretListEntry = {
        CreatedDate: CREATED,
        RotationEnabled: true,
        RotationRules: rules,
        NextRotationDate: next,
      };

      expect(dueDate(entry, RATE)).toEqual(new Date(due));
    });
  });
});
