import { AwsError } from '../aws/aws-error.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';
import { CronExpression, InvalidCron } from './cron-expression.ts';

const MIN_INTERVAL_HOURS = 4;
const MAX_INTERVAL_DAYS = 999;

/** The member `RotationRules` of requests. */
export interface RotationRulesInput {
  readonly AutomaticallyAfterDays?: number | undefined;
  readonly Duration?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
}

/** Secrets Manager can rotate at any time within the window. */
export interface RotationWindow {
  readonly start: Date;
  readonly end: Date;
}

type Schedule =
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'cron'; readonly cron: CronExpression };

/**
 * A secret's rotation schedule, in UTC.
 *
 * A rate in hours or days counts from the hour or day of the previous rotation; its windows start on the hour or at
 * midnight. A window ends at the end of the UTC day at the latest.
 *
 * Source: AWS Secrets Manager API Reference, RotationRulesType; User Guide, "Rotation schedules".
 */
export class RotationRules {
  /** The rules as RotateSecret received them. */
  readonly input: RotationRulesInput;
  readonly #schedule: Schedule | undefined;
  readonly #durationHours: number | undefined;

  /** @throws AwsError InvalidParameterException for rules outside Secrets Manager's limits */
  constructor(input: RotationRulesInput) {
    this.input = input;
    this.#schedule = readSchedule(input);
    this.#durationHours = readDuration(input.Duration, this.#schedule);
  }

  /** Whether the rotation repeats at an interval, not at fixed times. */
  get isRate(): boolean {
    return this.#schedule !== undefined && this.#schedule.kind !== 'cron';
  }

  /**
   * The rules as DescribeSecret returns them after a successful rotation: with the days between two rotations,
   * calculated from the schedule expression. How AWS rounds hours is not documented.
   */
  described(after: Date): RotationRulesInput {
    const days = this.input.ScheduleExpression === undefined ? undefined : this.#daysBetween(after);
    return { ...this.input, ...(days !== undefined && { AutomaticallyAfterDays: days }) };
  }

  #daysBetween(after: Date): number | undefined {
    const first = this.#nextStart(after.getTime())?.getTime();
    const second = first === undefined ? undefined : this.#nextStart(first)?.getTime();
    if (first === undefined || second === undefined) return undefined;
    return Math.max(1, Math.round((second - first) / DAY_MS));
  }

  /** The first window that starts after `after`, the time of the previous rotation; undefined without a schedule. */
  nextWindow(after: Date): RotationWindow | undefined {
    const start = this.#nextStart(after.getTime());
    if (start === undefined) return undefined;
    const dayEndMs = (Math.floor(start.getTime() / DAY_MS) + 1) * DAY_MS;
    const endMs =
      this.#durationHours === undefined ? dayEndMs : start.getTime() + this.#durationHours * HOUR_MS;
    return { start, end: new Date(Math.min(endMs, dayEndMs)) };
  }

  #nextStart(afterMs: number): Date | undefined {
    switch (this.#schedule?.kind) {
      case 'hours':
        return new Date((Math.floor(afterMs / HOUR_MS) + this.#schedule.hours) * HOUR_MS);
      case 'days':
        return new Date((Math.floor(afterMs / DAY_MS) + this.#schedule.days) * DAY_MS);
      case 'cron':
        return this.#schedule.cron.next(new Date(afterMs));
      case undefined:
        return undefined;
    }
  }
}

function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}

function readSchedule(input: RotationRulesInput): Schedule | undefined {
  const { AutomaticallyAfterDays: days, ScheduleExpression: expression } = input;
  if (days !== undefined && expression !== undefined) {
    refuse('You cannot specify both rotation frequency and schedule expression together.');
  }
  if (days !== undefined) {
    if (!Number.isInteger(days) || days < 1 || days > 1000) {
      refuse('AutomaticallyAfterDays must be between 1 and 1000.');
    }
    return { kind: 'days', days };
  }
  if (expression === undefined) return undefined;

  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined) return readRate(expression, Number(count), unit === 'hour');
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  if (fields === undefined)
    refuse(`The schedule expression ${expression} is neither a rate nor a cron expression.`);
  return readCron(expression, fields);
}

function readRate(expression: string, count: number, inHours: boolean): Schedule {
  const hours = inHours ? count : count * 24;
  if (hours < MIN_INTERVAL_HOURS || hours > MAX_INTERVAL_DAYS * 24) {
    refuse(`The schedule expression ${expression} is not between 4 hours and 999 days.`);
  }
  return inHours ? { kind: 'hours', hours: count } : { kind: 'days', days: count };
}

function readCron(expression: string, fields: string): Schedule {
  try {
    const cron = new CronExpression(fields);
    if (shortestGapHours(cron) < MIN_INTERVAL_HOURS) {
      refuse(`The schedule expression ${expression} is due more often than every 4 hours.`);
    }
    return { kind: 'cron', cron };
  } catch (error) {
    if (!(error instanceof InvalidCron)) throw error;
    return refuse(`The schedule expression ${expression} is not valid: ${error.message}.`);
  }
}

/** The shortest gap between two due hours of a day, or between the last of one day and the first of the next. */
function shortestGapHours({ hours }: CronExpression): number {
  return Math.min(...hours.map((hour, index) => (hours[index + 1] ?? (hours[0] ?? 0) + 24) - hour));
}

/** The length of the window in hours; undefined if it lasts until the end of the UTC day. */
function readDuration(duration: string | undefined, schedule: Schedule | undefined): number | undefined {
  const isSeveralTimesADay =
    schedule?.kind === 'hours' || (schedule?.kind === 'cron' && schedule.cron.hours.length > 1);
  if (duration === undefined) return isSeveralTimesADay ? 1 : undefined;

  const hours = /^\d{1,2}h$/.test(duration) ? Number.parseInt(duration, 10) : 0;
  if (hours < 1) refuse(`The duration ${duration} is not a number of hours such as 3h.`);
  if (schedule === undefined) refuse('A duration needs a rotation schedule.');
  const maxHours = maxDurationHours(schedule);
  if (hours > maxHours) {
    refuse(`The duration ${duration} extends into the next rotation window or the next UTC day.`);
  }
  return hours;
}

function maxDurationHours(schedule: Schedule): number {
  switch (schedule.kind) {
    case 'hours':
      return Math.min(schedule.hours, 24);
    case 'days':
      return 24;
    case 'cron':
      return Math.min(shortestGapHours(schedule.cron), 24 - (schedule.cron.hours.at(-1) ?? 0));
  }
}
