import { RuleNotEmulated } from './rule-not-emulated.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * The interval of a schedule expression `rate(…)`, in ms.
 *
 * Source: Amazon EventBridge User Guide, "Creating a scheduled rule": the unit is singular with 1, plural otherwise.
 *
 * @throws RuleNotEmulated for `cron(…)`
 * @throws InvalidScheduleExpression
 */
export function rateMs(expression: string): number {
  if (expression.startsWith('cron(')) throw new RuleNotEmulated(`the schedule expression ${expression}`);
  const [, count = '', unit = '', plural] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || (plural === '') !== (count === '1')) {
    throw new InvalidScheduleExpression(`Parameter ScheduleExpression is not valid: ${expression}`);
  }
  return Number(count) * unitMs;
}

/** EventBridge would not take the schedule. */
class InvalidScheduleExpression extends Error {
  override readonly name = 'InvalidScheduleExpression';
}
