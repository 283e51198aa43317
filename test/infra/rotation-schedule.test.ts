import { describe, expect, it } from 'vitest';
import { rotationSchedule } from '../../infra/rotation-schedule.ts';
import { InvalidSetting } from '../../infra/validation.ts';

function refusal(expression: string, window: string): InvalidSetting {
  try {
    rotationSchedule(expression, window);
  } catch (error) {
    if (error instanceof InvalidSetting) return error;
    throw error;
  }
  throw new Error(`${expression} with ${window} was accepted.`);
}

describe('rotationSchedule', () => {
  it.each([
    // The examples in the user guide, each with the longest window that fits.
    ['rate(4 hours)', '1h', 5],
    ['rate(4 hours)', '4h', 8],
    ['rate(8 hours)', '1h', 9],
    ['rate(23 hours)', '1h', 24],
    ['rate(1 day)', '1h', 25],
    ['rate(1 day)', '24h', 48],
    ['rate(10 days)', '3h', 243],
    ['rate(999 days)', '24h', 24_000],
    ['cron(0 /8 * * ? *)', '8h', 16],
    ['cron(0 8/8 * * ? *)', '8h', 24],
    ['cron(0 2/10 * * ? *)', '2h', 12],
    ['cron(0 4/12 * * ? *)', '8h', 20],
    ['cron(0 /9 * * ? *)', '6h', 15],
    ['cron(0 10 * * ? *)', '14h', 38],
    ['cron(0 18 ? * SAT *)', '6h', 30],
    ['cron(0 /8 ? * * *)', '1h', 9],
    ['cron(0 /8 ? * MON-FRI *)', '1h', 25],
    ['cron(0 8 1 * ? *)', '1h', 25],
    ['cron(0 1 ? 1/3 SUN#1 *)', '1h', 25],
    ['cron(0 17 L * ? *)', '1h', 25],
    ['cron(0 8 ? JAN,APR,JUL,OCT MON-FRI *)', '1h', 25],
    ['cron(0 16 1,15 * ? *)', '1h', 25],
    ['cron(0 0 ? 1/11 2#1 *)', '1h', 25],
    ['cron(0 0 ? * SUNL *)', '1h', 25],
  ])('accepts %s with a window of %s, with rotations at most %i hours apart', (expression, window, hours) => {
    const schedule = rotationSchedule(expression, window);

    expect(schedule).toEqual({ expression, window, longestGapHours: hours });
  });

  it.each([
    ['8 hours', 'neither rate'],
    ['rate(8)', 'neither rate'],
    ['rate(8 weeks)', 'neither rate'],
    ['rate(240 minutes)', 'neither rate'],
    ['rate(4.5 hours)', 'neither rate'],
    ['rate(8 hours) ', 'neither rate'],
    ['rate(3 hours)', 'is 4 hours'],
    ['rate(0 hours)', 'is 4 hours'],
    ['rate(24 hours)', 'use days'],
    ['rate(0 days)', 'between 1 and 999 days'],
    ['rate(1000 days)', 'between 1 and 999 days'],
    ['cron(0 8 * * ?)', 'six fields'],
    ['cron(0  8 * * ? *)', 'six fields'],
    ['cron(0 8 * * ? *', 'six fields'],
    ['cron(30 8 * * ? *)', '0 in the minutes field'],
    ['cron(* 8 * * ? *)', '0 in the minutes field'],
    ['cron(0 8 * * ? 2030)', '* in the year field'],
    ['cron(0 8 * * * *)', 'exactly one'],
    ['cron(0 8 ? * ? *)', 'exactly one'],
    ['cron(0 24 * * ? *)', 'an hour 0–23'],
    ['cron(0 * * * ? *)', 'an hour 0–23'],
    ['cron(0 6,18 * * ? *)', 'an hour 0–23'],
    ['cron(0 8-12 * * ? *)', 'an hour 0–23'],
    ['cron(0 /3 * * ? *)', 'is 4 hours'],
    ['cron(0 0/24 * * ? *)', 'a day or more'],
    ['cron(0 /7 * * ? *)', 'less than 4 hours apart'],
    ['cron(0 8 32 * ? *)', 'day-of-month'],
    ['cron(0 8 * 13 ? *)', 'month'],
    ['cron(0 8 * ? ? *)', 'month'],
    ['cron(0 8 ? * 8 *)', 'day-of-week'],
    ['cron(0 8 ? * MON#6 *)', 'day-of-week'],
  ])('refuses the schedule "%s" with "%s"', (expression, problem) => {
    const { setting, message } = refusal(expression, '1h');

    expect({ setting, message }).toEqual({ setting: 'schedule', message: expect.stringContaining(problem) });
  });

  it.each([
    ['rate(8 hours)', '0h', 'from 1h to 24h'],
    ['rate(8 hours)', '90m', 'from 1h to 24h'],
    ['rate(8 hours)', '1.5h', 'from 1h to 24h'],
    ['rate(8 hours)', '1', 'from 1h to 24h'],
    ['rate(8 hours)', '', 'from 1h to 24h'],
    ['rate(2 days)', '25h', 'from 1h to 24h'],
    ['rate(8 hours)', '9h', 'next rotation window'],
    ['cron(0 /4 * * ? *)', '5h', 'next rotation window'],
    ['cron(0 2/10 * * ? *)', '3h', 'next UTC day'],
    ['cron(0 22 * * ? *)', '3h', 'use at most 2h'],
  ])('refuses, for %s, the window "%s" with "%s"', (expression, window, problem) => {
    const { setting, message } = refusal(expression, window);

    expect({ setting, message }).toEqual({ setting: 'window', message: expect.stringContaining(problem) });
  });
});
