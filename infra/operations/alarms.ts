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
type AlarmName = (typeof ALARM_NAMES)[number];

/** What is watched over, and who is told. */
export interface AlarmsProps {
  readonly namePrefix: string;
  readonly topic: ITopic;
  readonly stateMachine: IStateMachine;
  readonly rotation: IFunction;
  readonly notify: IFunction;
  readonly watch: IFunction;
  readonly schedule: ScheduleFigures;
  readonly runbookUrl?: string | undefined;
}

/** When an alarm rings, beyond what it looks at. */
interface Condition
  extends Pick<AlarmProps, 'comparisonOperator' | 'datapointsToAlarm' | 'treatMissingData'> {
  readonly threshold?: number;
  /** How many of the latest hours count. */
  readonly hours: number;
}

/** So many hours without a word from the watch, and it is dead: one may be missing because an hour ends late. */
const SILENT_HOURS = 3;

/**
 * The alarms. They look at periods of an hour. One on failures rings at the first, and stays until a whole gap between
 * two rotations has passed without another (or seven days, where the gap is longer): only then has the credential
 * that failed rotated again.
 */
export class Alarms extends Construct {
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { namePrefix, stateMachine, rotation, notify, watch, schedule } = props;
    const wholeGap = { hours: schedule.lookBackHours };
    const sum = { statistic: 'Sum', period: Duration.hours(1) };

    this.#alarm(
      'failed-executions',
      'A rotation failed, timed out or was stopped. Its execution names the state, the error and the secret: ' +
        'remove the cause, then redrive it.',
      unsuccessfulExecutions(stateMachine),
      wholeGap,
    );
    this.#alarm(
      'rotation-errors',
      'The rotation function failed. If an execution failed with it, see there; if none did, its log says why ' +
        'none was started or waited for.',
      rotation.metricErrors(sum),
      wholeGap,
    );
    this.#alarm(
      'rotation-throttles',
      'The rotation function was throttled, so rotations come late. Raise the concurrency of the account, or the ' +
        'one that is reserved for the function.',
      rotation.metricThrottles(sum),
      wholeGap,
    );
    this.#alarm(
      'notify-errors',
      'A notification may be lost. Look for failed executions yourself; the log of the function says what it could ' +
        'not do.',
      notify.metricErrors(sum),
      wholeGap,
    );
    this.#alarm(
      'watch-errors',
      'The search for overdue credentials failed. It runs again every hour; its log says what it could not do.',
      watch.metricErrors(sum),
      { hours: SILENT_HOURS },
    );
    this.#alarm(
      'overdue-credentials',
      'A credential was not rotated when it was due, or nobody looked for three hours. The log of the watch names ' +
        'the secrets. Rings, too, until the watch has run once after the first deployment.',
      ownMetric(namePrefix, 'OverdueCredentials', 'Maximum'),
      {
        hours: SILENT_HOURS,
        datapointsToAlarm: SILENT_HOURS,
        treatMissingData: TreatMissingData.BREACHING,
      },
    );
    this.#alarm(
      'short-token-life',
      `Genesys Cloud gave an access token that lives less than the ${schedule.longestGapHours} hours that can pass between ` +
        'two rotations, so it dies before its turn. Shorten the schedule, or lengthen the token duration of the ' +
        'OAuth client.',
      ownMetric(namePrefix, 'AccessTokenLife', 'Minimum'),
      {
        ...wholeGap,
        threshold: schedule.longestGapSeconds,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      },
    );
    this.#alarm(
      'lost-grants',
      'The alternate grant of a credential is dead; rotations continue with the other one. Log in when convenient ' +
        '(authorize --alternate). The warning in the log of refresh names the secret.',
      ownMetric(namePrefix, 'LostGrants', 'Sum'),
      wholeGap,
    );
  }

  #alarm(name: AlarmName, whatToDo: string, metric: IMetric, { hours, ...condition }: Condition): void {
    const { namePrefix, topic, runbookUrl } = this.#props;
    const alarm = new Alarm(this, name, {
      alarmName: `${namePrefix}-${name}`,
      alarmDescription: `${whatToDo} Runbook: ${runbookUrl ?? 'docs/runbook.md'}#${name}`,
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...condition,
    });
    const tell = new SnsAction(topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
  }
}
