import { describe, expect, it } from 'vitest';
import { RotationRules } from '../../../sandbox/secrets-manager/rotation-rules.ts';

/** Consecutive windows, each as the times of its start and end. */
function windows(rules: object, after: string, count: number): string[] {
  const parsed = new RotationRules(rules);
  const found: string[] = [];
  let base = new Date(after);
  for (let index = 0; index < count; index += 1) {
    const window = parsed.nextWindow(base);
    if (window === undefined) break;
    found.push(`${window.start.toISOString().slice(0, 16)}/${window.end.toISOString().slice(0, 16)}`);
    base = window.start;
  }
  return found;
}

describe('RotationRules', () => {
  it('counts a rate in hours from the hour of the previous rotation, with a window of one hour', () => {
    expect(windows({ ScheduleExpression: 'rate(8 hours)' }, '2026-03-02T10:30:00Z', 3)).toEqual([
      '2026-03-02T18:00/2026-03-02T19:00',
      '2026-03-03T02:00/2026-03-03T03:00',
      '2026-03-03T10:00/2026-03-03T11:00',
    ]);
  });

  it('counts a rate in days from midnight, with a window that lasts until the end of the day', () => {
    expect(windows({ ScheduleExpression: 'rate(1 day)' }, '2026-03-02T10:30:00Z', 2)).toEqual([
      '2026-03-03T00:00/2026-03-04T00:00',
      '2026-03-04T00:00/2026-03-05T00:00',
    ]);
  });

  it('treats AutomaticallyAfterDays as a rate in days', () => {
    expect(windows({ AutomaticallyAfterDays: 30, Duration: '3h' }, '2026-03-02T10:30:00Z', 1)).toEqual([
      '2026-04-01T00:00/2026-04-01T03:00',
    ]);
  });

  it('ends a window with the UTC day', () => {
    expect(
      windows({ ScheduleExpression: 'rate(6 hours)', Duration: '3h' }, '2026-03-02T16:30:00Z', 1),
    ).toEqual(['2026-03-02T22:00/2026-03-03T00:00']);
  });

  it('has no window without a schedule', () => {
    expect(windows({}, '2026-03-02T10:30:00Z', 1)).toEqual([]);
  });

  it.each([
    [
      'cron(0 8/8 * * ? *)',
      undefined,
      ['2026-03-02T16:00/2026-03-02T17:00', '2026-03-03T08:00/2026-03-03T09:00'],
    ],
    [
      'cron(0 2,14 ? * MON-FRI *)',
      '2h',
      ['2026-03-02T14:00/2026-03-02T16:00', '2026-03-03T02:00/2026-03-03T04:00'],
    ],
    ['cron(0 16 L * ? *)', '4h', ['2026-03-31T16:00/2026-03-31T20:00', '2026-04-30T16:00/2026-04-30T20:00']],
    [
      'cron(0 0 ? * SUN#1 *)',
      undefined,
      ['2026-04-05T00:00/2026-04-06T00:00', '2026-05-03T00:00/2026-05-04T00:00'],
    ],
    [
      'cron(0 0 ? * 6L *)',
      undefined,
      ['2026-03-27T00:00/2026-03-28T00:00', '2026-04-24T00:00/2026-04-25T00:00'],
    ],
    [
      'cron(0 10 1/15 FEB,MAY ? *)',
      '1h',
      ['2026-05-01T10:00/2026-05-01T11:00', '2026-05-16T10:00/2026-05-16T11:00'],
    ],
    ['cron(0 0 29 2 ? *)', '1h', ['2028-02-29T00:00/2028-02-29T01:00', '2032-02-29T00:00/2032-02-29T01:00']],
    [
      'cron(0 */12 ? * L *)',
      '1h',
      ['2026-03-07T00:00/2026-03-07T01:00', '2026-03-07T12:00/2026-03-07T13:00'],
    ],
  ])('computes the windows of %s (duration %s)', (ScheduleExpression, Duration, expected) => {
    const rules = { ScheduleExpression, Duration };

    expect(windows(rules, '2026-03-02T10:30:00Z', 2)).toEqual(expected);
  });

  it.each([
    [{ ScheduleExpression: 'rate(4 hours)' }],
    [{ ScheduleExpression: 'rate(999 days)' }],
    [{ AutomaticallyAfterDays: 1000 }],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '4h' }],
    [{ ScheduleExpression: 'rate(1 day)', Duration: '24h' }],
    [{ ScheduleExpression: 'cron(0 16 * * ? *)', Duration: '8h' }],
  ])('accepts %j', rules => {
    expect(new RotationRules(rules).input).toEqual(rules);
  });

  it.each([
    [{ ScheduleExpression: 'rate(3 hours)' }],
    [{ ScheduleExpression: 'rate(1000 days)' }],
    [{ ScheduleExpression: 'rate(30 minutes)' }],
    [{ ScheduleExpression: 'every day' }],
    [{ AutomaticallyAfterDays: 0 }],
    [{ AutomaticallyAfterDays: 1001 }],
    [{ Duration: '3h' }],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '0h' }],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '90m' }],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '5h' }],
    [{ ScheduleExpression: 'rate(1 day)', Duration: '25h' }],
    [{ ScheduleExpression: 'cron(0 16 * * ? *)', Duration: '9h' }],
    [{ ScheduleExpression: 'cron(0 8/8 * * ? *)', Duration: '9h' }],
    [{ ScheduleExpression: 'cron(30 8 * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 8 * * ? 2027)' }],
    [{ ScheduleExpression: 'cron(0 8 * * * *)' }],
    [{ ScheduleExpression: 'cron(0 8 ? * ? *)' }],
    [{ ScheduleExpression: 'cron(0 8 * * ?)' }],
    [{ ScheduleExpression: 'cron(0 24 * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 5-3 * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 8/0 * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 8 ? * MON,TUE#2 *)' }],
    [{ ScheduleExpression: 'cron(0 * * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 0,22 * * ? *)' }],
    [{ ScheduleExpression: 'cron(0 8 31 2 ? *)' }],
  ])('refuses %j', rules => {
    expect(() => new RotationRules(rules)).toThrowError(
      expect.objectContaining({ name: 'AwsError', type: 'InvalidParameterException' }),
    );
  });

  it('refuses a frequency together with an expression', () => {
    const rules = { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' };

    expect(() => new RotationRules(rules)).toThrowError(
      'You cannot specify both rotation frequency and schedule expression together.',
    );
  });
});
