import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ScheduleFigures } from '../rotation-schedule.ts';
import { ownMetric, unsuccessfulExecutions } from './metrics.ts';

/** The suffix of every alarm's name, which is also its entry in the runbook. */
export const ALARM_NAMES = [
  'failed-executions',
  'rotation-errors',
  'rotation-throttles',
  'notify-errors',
  'overdue-check-errors',
  'overdue-credentials',
  'short-token-lifetime',
  'lost-grants',
] as const;

/** The suffix of an alarm's name. */
type AlarmName = (typeof ALARM_NAMES)[number];

/** The monitored resources and the topic to notify. */
export interface AlarmsProps {
  readonly namePrefix: string;
  readonly topic: ITopic;
  readonly stateMachine: IStateMachine;
  readonly rotation: IFunction;
  readonly notify: IFunction;
  readonly overdueCheck: IFunction;
  readonly schedule: ScheduleFigures;
  readonly runbookUrl?: string | undefined;
}

/** When an alarm enters the ALARM state, apart from its metric. */
interface Condition
  extends Pick<AlarmProps, 'comparisonOperator' | 'datapointsToAlarm' | 'treatMissingData'> {
  readonly threshold?: number;
  /** The number of most recent hours to evaluate. */
  readonly hours: number;
}

/** Hours without data until the overdue check counts as failed: a late run may leave one hour without data. */
const MISSING_DATA_HOURS = 3;

/**
 * The alarms. Their periods are one hour. An alarm on failures enters ALARM at the first failure and stays there until the
 * longest gap between two rotations plus one hour (at most seven days) has passed without another failure: only then
 * has the credential that failed rotated again. The alarm on the overdue check returns to OK after three hours.
 */
export class Alarms extends Construct {
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { namePrefix, stateMachine, rotation, notify, overdueCheck, schedule } = props;
    const wholeGap = { hours: schedule.lookBackHours };
    const sum = { statistic: 'Sum', period: Duration.hours(1) };

    this.#alarm(
      'failed-executions',
      'A rotation failed, timed out or was stopped. Its execution names the state, the error and the secret. ' +
        'Fix the cause, then redrive the execution.',
      unsuccessfulExecutions(stateMachine),
      wholeGap,
    );
    this.#alarm(
      'rotation-errors',
      'The rotation function failed. If an execution also failed, see failed-executions. Otherwise the log of ' +
        'the function has the reason.',
      rotation.metricErrors(sum),
      wholeGap,
    );
    this.#alarm(
      'rotation-throttles',
      "The rotation function was throttled, so rotations are late. Raise the account's concurrency or the " +
        "function's reserved concurrency.",
      rotation.metricThrottles(sum),
      wholeGap,
    );
    this.#alarm(
      'notify-errors',
      'A notification may be lost. Check for failed executions in the Step Functions console. The log of the ' +
        'function has the reason.',
      notify.metricErrors(sum),
      wholeGap,
    );
    this.#alarm(
      'overdue-check-errors',
      'The check for overdue credentials failed. It runs again every hour. Its log has the reason.',
      overdueCheck.metricErrors(sum),
      { hours: MISSING_DATA_HOURS },
    );
    this.#alarm(
      'overdue-credentials',
      'A credential was not rotated when it was due, or the check has not run for three hours. The log of ' +
        'overdue-check names the secrets. The alarm is also on until the first check after a deployment.',
      ownMetric(namePrefix, 'OverdueCredentials', 'Maximum'),
      {
        hours: MISSING_DATA_HOURS,
        datapointsToAlarm: MISSING_DATA_HOURS,
        treatMissingData: TreatMissingData.BREACHING,
      },
    );
    this.#alarm(
      'short-token-lifetime',
      `Genesys Cloud issued an access token that may expire before the next rotation, which can be ${schedule.longestGapHours} ` +
        'hours away. Rotate more often, or increase the token duration of the OAuth client.',
      ownMetric(namePrefix, 'AccessTokenLifetime', 'Minimum'),
      {
        ...wholeGap,
        threshold: schedule.longestGapSeconds,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      },
    );
    this.#alarm(
      'lost-grants',
      'The alternate grant of a credential no longer works. Rotations continue with the other one. Log in when ' +
        'convenient (authorize --alternate). The warning in the log of refresh names the secret.',
      ownMetric(namePrefix, 'LostGrants', 'Sum'),
      wholeGap,
    );
  }

  #alarm(name: AlarmName, description: string, metric: IMetric, { hours, ...condition }: Condition): void {
    const { namePrefix, topic, runbookUrl } = this.#props;
    const alarm = new Alarm(this, name, {
      alarmName: `${namePrefix}-${name}`,
      alarmDescription: `${description} Runbook: ${runbookUrl ?? 'docs/runbook.md'}#${name}`,
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...condition,
    });
    const notification = new SnsAction(topic);
    alarm.addAlarmAction(notification);
    alarm.addOkAction(notification);
  }
}
