import { InvalidSetting } from './validation.ts';

/** A schedule and a window that Secrets Manager accepts together. */
export interface RotationSchedule {
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly expression: string;
  /** How long a rotation window stays open, such as `1h`. */
  readonly window: string;
  /**
   * The longest time between two rotations: the longest interval plus the whole window, because Secrets Manager can rotate at any time during the window. A lower bound for a cron expression that skips days.
   */
  readonly longestGapHours: number;
}

/** Schedule values for the resources. In a release, they are known only at deployment. */
export interface ScheduleFigures extends Pick<RotationSchedule, 'expression' | 'window'> {
  /** A text, for variables and descriptions. */
  readonly longestGapHours: string;
  readonly longestGapSeconds: number;
  /** The evaluation period of the alarms on failures. */
  readonly lookBackHours: number;
}

/** Amazon CloudWatch API Reference, PutMetricAlarm: an alarm evaluates at most seven days. */
const MAX_LOOK_BACK_HOURS = 7 * 24;

/** Calculates the schedule values for the resources. */
export function scheduleFigures({ expression, window, longestGapHours }: RotationSchedule): ScheduleFigures {
  return {
    expression,
    window,
    longestGapHours: String(longestGapHours),
    longestGapSeconds: longestGapHours * 3_600,
    // One hour more than the gap, because the failure may have happened at the end of its hour.
    lookBackHours: Math.min(Math.ceil(longestGapHours) + 1, MAX_LOOK_BACK_HOURS),
  };
}

const MIN_INTERVAL_HOURS = 4;
const MAX_RATE_HOURS = 23;
const MAX_RATE_DAYS = 999;
const HOURS_PER_DAY = 24;

/**
 * Checks a rotation schedule and its window by the rules of Secrets Manager, so that a mistake fails the synthesis
 * instead of the deployment. Where the rules are ambiguous (a rate of 24 hours and more, or windows less than four hours
 * apart across midnight), the stricter reading applies.
 *
 * @see AWS Secrets Manager User Guide, "Rotation schedules"; API Reference, RotationRulesType
 * @throws InvalidSetting `schedule` or `window`
 */
export function rotationSchedule(expression: string, window: string): RotationSchedule {
  const windowHours = hoursOf(window);
  const intervalHours = expression.startsWith('cron(')
    ? cronInterval(expression, windowHours)
    : rateInterval(expression, windowHours);
  return { expression, window, longestGapHours: intervalHours + windowHours };
}

function hoursOf(window: string): number {
  const hours = Number(/^(\d{1,2})h$/.exec(window)?.[1]);
  if (hours >= 1 && hours <= HOURS_PER_DAY) return hours;
  throw new InvalidSetting(
    'window',
    `"${window}" is not a whole number of hours from 1h to 24h; use for example "1h".`,
  );
}

function rateInterval(expression: string, windowHours: number): number {
  const [, count, unit] = /^rate\((\d+) (hour|hours|day|days)\)$/.exec(expression) ?? [];
  if (count === undefined || unit === undefined) {
    throw refused(
      expression,
      'is neither rate(<n> hours), rate(<n> days) nor cron(…); use for example "rate(8 hours)"',
    );
  }

  const length = Number(count);
  if (unit.startsWith('day')) {
    if (length < 1 || length > MAX_RATE_DAYS)
      throw refused(expression, `is not between 1 and ${MAX_RATE_DAYS} days`);
    return length * HOURS_PER_DAY;
  }
  if (length < MIN_INTERVAL_HOURS)
    throw refused(expression, 'is too frequent; the shortest interval in Secrets Manager is 4 hours');
  if (length > MAX_RATE_HOURS)
    throw refused(expression, 'is a day or more; use days, for example "rate(1 day)"');
  if (windowHours > length) throw reachesNextWindow(windowHours, length);
  return length;
}

const MONTH = '(?:[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)';
const MONTH_DAY = '(?:[1-9]|[12]\\d|3[01])';
const WEEKDAY = '(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)';

/** The calendar fields: their names, allowed values, and the hint for error messages. */
const CALENDAR = {
  dayOfMonth: {
    name: 'day-of-month',
    allowed: listOf(MONTH_DAY, `L|${WEEKDAY}L`),
    hint: '1–31 with , - * ? / or L',
  },
  month: { name: 'month', allowed: listOf(MONTH), hint: '1–12 or JAN–DEC with , - * or /' },
  dayOfWeek: {
    name: 'day-of-week',
    allowed: listOf(WEEKDAY, `L|${WEEKDAY}L|${WEEKDAY}#[1-5]`),
    hint: '1–7 or SUN–SAT with , - * ? / # or L',
  },
};

/** A list of values, ranges and increments, or of forms that only this field has. */
function listOf(value: string, ownForms = '(?!)'): RegExp {
  const item = `(?:\\*|${value}(?:-${value})?)(?:/[1-9]\\d?)?|${ownForms}`;
  return new RegExp(`^(?:${item})(?:,(?:${item}))*$`);
}

function cronInterval(expression: string, windowHours: number): number {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(' ') ?? [];
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year) {
    throw refused(
      expression,
      'does not have the six fields of cron(<minutes> <hours> <day-of-month> <month> <day-of-week> <year>)',
    );
  }
  if (minutes !== '0')
    throw refused(expression, 'needs 0 in the minutes field: rotation windows open on the hour');
  if (year !== '*') throw refused(expression, 'needs * in the year field');
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw refused(expression, 'needs ? in exactly one of the fields day-of-month and day-of-week');
  }
  for (const [{ name, allowed, hint }, value] of [
    [CALENDAR.dayOfMonth, dayOfMonth],
    [CALENDAR.month, month],
    [CALENDAR.dayOfWeek, dayOfWeek],
  ] as const) {
    if (value !== '?' && !allowed.test(value))
      throw refused(expression, `has "${value}" as ${name}; use ${hint}`);
  }
  if (month === '?') throw refused(expression, `has "?" as month; use ${CALENDAR.month.hint}`);

  const everyDay = month === '*' && (dayOfMonth === '*' || dayOfWeek === '*');
  const interval = hoursInterval(expression, hours, windowHours);
  return everyDay ? interval : Math.max(interval, HOURS_PER_DAY);
}

/** The longest interval between windows, including overnight, because increments restart each day. */
function hoursInterval(expression: string, hours: string, windowHours: number): number {
  const [, only, from, increment] = /^(?:(\d{1,2})|(\d{0,2})\/(\d{1,2}))$/.exec(hours) ?? [];
  const first = Number(only ?? from);
  if (Number.isNaN(first) || first >= HOURS_PER_DAY) {
    throw refused(expression, `has "${hours}" as hours; use an hour 0–23, or an increment such as 0/8`);
  }

  const step = increment === undefined ? HOURS_PER_DAY : Number(increment);
  if (step < MIN_INTERVAL_HOURS)
    throw refused(expression, 'is too frequent; the shortest interval in Secrets Manager is 4 hours');
  if (step > MAX_RATE_HOURS && increment !== undefined)
    throw refused(expression, 'has an increment of a day or more');
  const last = first + step * Math.floor((HOURS_PER_DAY - 1 - first) / step);
  const overnight = first + HOURS_PER_DAY - last;
  if (overnight < MIN_INTERVAL_HOURS) {
    throw refused(
      expression,
      `opens windows at ${last}:00 and, the next day, at ${first}:00, less than 4 hours apart; use another increment`,
    );
  }
  if (windowHours > step) throw reachesNextWindow(windowHours, step);
  if (last + windowHours > HOURS_PER_DAY) {
    throw new InvalidSetting(
      'window',
      `${windowHours}h from ${last}:00 reaches into the next UTC day; use at most ${HOURS_PER_DAY - last}h or an earlier hour.`,
    );
  }
  return Math.max(last > first ? step : 0, overnight);
}

function refused(expression: string, problem: string): InvalidSetting {
  return new InvalidSetting('schedule', `"${expression}" ${problem}.`);
}

function reachesNextWindow(windowHours: number, intervalHours: number): InvalidSetting {
  return new InvalidSetting(
    'window',
    `${windowHours}h reaches into the next rotation window, which opens after ${intervalHours} hours; use at most ${intervalHours}h.`,
  );
}
