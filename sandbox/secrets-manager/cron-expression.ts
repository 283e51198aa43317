import { DAY_MS, HOUR_MS } from '../durations.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** 29 February can be eight years away, because years such as 2100 are not leap years. */
const MAX_LOOKAHEAD_DAYS = 8 * 366;

/** An invalid part of an expression; the message names it. */
export class InvalidCron extends Error {
  override readonly name = 'InvalidCron';
}

/** Whether a field matches a day (UTC). */
type DayRule = (day: Date) => boolean;

/**
 * The cron expressions of Secrets Manager: `Minutes Hours Day-of-month Month Day-of-week Year`, minutes 0, year `*`,
 * UTC.
 *
 * Source: AWS Secrets Manager User Guide, "Rotation schedules".
 */
export class CronExpression {
  /** The hours of the day at which it is due, in ascending order. */
  readonly hours: readonly number[];
  readonly #dayRules: readonly DayRule[];

  /** @throws InvalidCron */
  constructor(expression: string) {
    const [minutes, hours, dayOfMonth, month, dayOfWeek, year, ...rest] = expression.trim().split(/\s+/);
    if (
      hours === undefined ||
      dayOfMonth === undefined ||
      month === undefined ||
      dayOfWeek === undefined ||
      year === undefined ||
      rest.length > 0
    ) {
      throw new InvalidCron('it must have six fields');
    }
    if (minutes !== '0') throw new InvalidCron('the minutes must be 0');
    if (year !== '*') throw new InvalidCron('the year must be *');
    if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
      throw new InvalidCron('either the day of the month or the day of the week must be ?');
    }
    const months = numbers(month, 1, 12, MONTHS);
    this.hours = [...numbers(hours, 0, 23)].sort((a, b) => a - b);
    this.#dayRules = [
      day => months.has(day.getUTCMonth() + 1),
      dayOfMonth === '?' ? weekdayRule(dayOfWeek) : monthDayRule(dayOfMonth),
    ];
    if (this.next(new Date(0)) === undefined) throw new InvalidCron('it matches no day');
  }

  /** The next due time after `after`. */
  next(after: Date): Date | undefined {
    const firstDayMs = Math.floor(after.getTime() / DAY_MS) * DAY_MS;
    for (let days = 0; days <= MAX_LOOKAHEAD_DAYS; days += 1) {
      const day = new Date(firstDayMs + days * DAY_MS);
      if (!this.#dayRules.every(rule => rule(day))) continue;
      const hour = this.hours.find(each => day.getTime() + each * HOUR_MS > after.getTime());
      if (hour !== undefined) return new Date(day.getTime() + hour * HOUR_MS);
    }
    return undefined;
  }
}

/** Parses `*`, `a`, `a-b`, each with an optional `/step`, and lists of these; `names` are aliases of min, min + 1, … */
function numbers(field: string, min: number, max: number, names: readonly string[] = []): Set<number> {
  const read = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidCron(`${text} is not between ${min} and ${max}`);
    return value;
  };
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step, ...rest] = item.split('/');
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) {
      throw new InvalidCron(`${item} is not a valid increment`);
    }
    const all = range === '*' || (range === '' && step !== undefined);
    const [from = '', to] = range.split('-');
    const first = all ? min : read(from);
    const last = all || (to === undefined && step !== undefined) ? max : to === undefined ? first : read(to);
    if (last < first) throw new InvalidCron(`the range ${item} is reversed`);
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function daysInMonth(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}

/** Day of the month: numbers, or `L` for the last day. */
function monthDayRule(field: string): DayRule {
  if (field.toUpperCase() === 'L') return day => day.getUTCDate() === daysInMonth(day);
  const days = numbers(field, 1, 31);
  return day => days.has(day.getUTCDate());
}

/** Day of the week: numbers from 1 (SUN), `L` for Saturday, `nL` for the last, `n#k` for the k-th in the month. */
function weekdayRule(field: string): DayRule {
  const weekday = (day: Date): number => day.getUTCDay() + 1;
  const single = (text: string): number => {
    const [value, ...others] = numbers(text, 1, 7, WEEKDAYS);
    if (value === undefined || others.length > 0) throw new InvalidCron(`${field} must name a single day`);
    return value;
  };
  const [, last] = /^(\w*)L$/i.exec(field) ?? [];
  if (last === '') return day => weekday(day) === 7;
  if (last !== undefined) {
    const wanted = single(last);
    return day => weekday(day) === wanted && day.getUTCDate() > daysInMonth(day) - 7;
  }
  const [, nthDay, nth] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  if (nthDay !== undefined) {
    const wanted = single(nthDay);
    return day => weekday(day) === wanted && Math.ceil(day.getUTCDate() / 7) === Number(nth);
  }
  const days = numbers(field, 1, 7, WEEKDAYS);
  return day => days.has(weekday(day));
}
