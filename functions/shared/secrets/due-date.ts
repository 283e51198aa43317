import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { HOUR_MS } from '../durations.ts';

/** A secret's rotation in Secrets Manager. */
export type RotationDates = Pick<
  SecretListEntry,
  'CreatedDate' | 'LastRotatedDate' | 'NextRotationDate' | 'RotationEnabled' | 'RotationRules'
>;

/** The rotation schedule of the deployment. */
export interface DeploymentSchedule {
  /** `rate(…)` or `cron(…)`. */
  readonly expression: string;
  /** Such as `1h`. */
  readonly window: string;
  /** Interval and window together. */
  readonly longestGapHours: number;
}

/** Time for a rotation that begins at the end of its window, including retries. */
export const OVERDUE_GRACE_MS = HOUR_MS;

const HOURS_PER_DAY = 24;

/**
 * A daily cron expression, whose longest gap is known. For one that skips days, the gap is only a lower bound.
 */
const EVERY_DAY = /^cron\(\S+ \S+ (?:\* \* \?|\? \* \*) \S+\)$/;

/**
 * The latest time to rotate a secret, by its own schedule or else by the deployment's. Secrets Manager does not follow
 * the schedule of a secret whose rotation was cancelled, but its tokens still expire.
 *
 * @see AWS Secrets Manager API Reference, RotationRulesType and SecretListEntry
 */
export function dueDate(secret: RotationDates, deployment: DeploymentSchedule): Date {
  const { LastRotatedDate, CreatedDate, NextRotationDate, RotationEnabled, RotationRules = {} } = secret;
  const { ScheduleExpression: expression, Duration: duration } = RotationRules;
  const isCron = expression?.startsWith('cron(') ?? false;
  const usesDeploymentSchedule = expression === deployment.expression && duration === deployment.window;

  if (RotationEnabled === true && isCron && NextRotationDate !== undefined) {
    const knowsGap = usesDeploymentSchedule && EVERY_DAY.test(expression ?? '');
    if (!knowsGap) return later(NextRotationDate, windowHours(duration) ?? HOURS_PER_DAY);
  }
  const gapHours =
    RotationEnabled === true && !usesDeploymentSchedule
      ? (ownGapHours(RotationRules) ?? deployment.longestGapHours)
      : deployment.longestGapHours;
  const due = later(LastRotatedDate ?? CreatedDate ?? new Date(0), gapHours);
  // A secret that existed before its rotation was enabled is due in its first window.
  const isFirstRotation = LastRotatedDate === undefined && RotationEnabled === true;
  return isFirstRotation && NextRotationDate !== undefined && NextRotationDate > due ? NextRotationDate : due;
}

/** Interval plus window of a secret's own schedule; undefined when it has none or it is not a rate. */
export function ownGapHours(rules: NonNullable<RotationDates['RotationRules']>): number | undefined {
  const { ScheduleExpression: expression, AutomaticallyAfterDays: days, Duration: duration } = rules;
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(expression ?? '') ?? [];
  if (count !== undefined) {
    return unit === 'hour'
      ? Number(count) + (windowHours(duration) ?? 1)
      : Number(count) * HOURS_PER_DAY + (windowHours(duration) ?? HOURS_PER_DAY);
  }
  if (expression !== undefined || days === undefined) return undefined;
  return days * HOURS_PER_DAY + (windowHours(duration) ?? HOURS_PER_DAY);
}

function windowHours(duration: string | undefined): number | undefined {
  const hours = /^(\d+)h$/.exec(duration ?? '')?.[1];
  return hours === undefined ? undefined : Number(hours);
}

function later(instant: Date, hours: number): Date {
  return new Date(instant.getTime() + hours * HOUR_MS);
}
