/** Every alarm, by the end of its name, which is also its entry in the runbook. */
export const ALARM_NAMES = [
  'failed-executions',
  'rotation-errors',
  'rotation-throttles',
  'notify-errors',
  'watch-errors',
  'overdue-credentials',
  'short-token-life',
  'lost-grants',
] as const;

/** The end of an alarm's name. */
export type AlarmName = (typeof ALARM_NAMES)[number];
