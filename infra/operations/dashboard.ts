import { Duration } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ScheduleFigures } from '../rotation-schedule.ts';
import { ownMetric, unsuccessfulExecutions } from './metrics.ts';

/** Props of the dashboard. */
export interface DashboardProps {
  readonly namePrefix: string;
  readonly stateMachine: IStateMachine;
  readonly rotation: LambdaFunction;
  readonly schedule: ScheduleFigures;
  /** The log groups of all functions. */
  readonly logGroupNames: readonly string[];
}

const THIRD = 8;

/** Shows whether credentials rotate in time, and if not, since when and why. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { namePrefix, logGroupNames } = props;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: namePrefix,
      defaultInterval: Duration.days(7),
      widgets: [
        ...credentialWidgets(props),
        ...executionWidgets(props),
        [
          new LogQueryWidget({
            title: 'Warnings and errors',
            logGroupNames: [...logGroupNames],
            view: LogQueryVisualizationType.TABLE,
            queryLines: [
              'fields @timestamp, level, coalesce(message.message, message.errorMessage, message, errorMessage) as text, @log',
              'filter level in ["WARN", "ERROR", "FATAL"]',
              'sort @timestamp desc',
              'limit 100',
            ],
            width: 3 * THIRD,
            height: THIRD,
          }),
        ],
      ],
    });
  }
}

function credentialWidgets({ namePrefix, stateMachine, schedule }: DashboardProps): IWidget[][] {
  const gap = {
    value: schedule.longestGapSeconds,
    label: `longest gap between rotations (${schedule.longestGapHours} h)`,
  };
  return [
    [
      graph('Rotations', [
        ownMetric(namePrefix, 'Rotations', 'Sum', { label: 'rotated' }),
        ownMetric(namePrefix, 'SupersededRotations', 'Sum', { label: 'superseded' }),
        unsuccessfulExecutions(stateMachine),
      ]),
      graph('Credentials', [
        ownMetric(namePrefix, 'Credentials', 'Maximum', { label: 'all' }),
        ownMetric(namePrefix, 'OverdueCredentials', 'Maximum', { label: 'overdue' }),
      ]),
      graph('Time without a valid token in AWSCURRENT (ms)', [
        ownMetric(namePrefix, 'TokenGap', 'p50', { label: 'median' }),
        ownMetric(namePrefix, 'TokenGap', 'Maximum', { label: 'longest' }),
      ]),
    ],
    [
      graph('Remaining lifetime of the replaced access token (s)', [
        ownMetric(namePrefix, 'RemainingTokenLifetime', 'Minimum', { label: 'shortest' }),
        ownMetric(namePrefix, 'RemainingTokenLifetime', 'p50', { label: 'median' }),
      ]),
      new GraphWidget({
        title: 'Lifetime of the new access token (s)',
        left: [
          ownMetric(namePrefix, 'AccessTokenLifetime', 'Minimum', { label: 'shortest' }),
          ownMetric(namePrefix, 'AccessTokenLifetime', 'Maximum', { label: 'longest' }),
        ],
        leftAnnotations: [gap],
        leftYAxis: { min: 0, showUnits: false },
        width: THIRD,
      }),
      graph('Refresh at Genesys Cloud (ms)', [
        ownMetric(namePrefix, 'RefreshTime', 'p50', { label: 'median' }),
        ownMetric(namePrefix, 'RefreshTime', 'Maximum', { label: 'longest' }),
      ]),
    ],
  ];
}

function executionWidgets({ stateMachine, rotation }: DashboardProps): IWidget[][] {
  const period = Duration.hours(1);
  return [
    [
      graph('Executions', [
        stateMachine.metricStarted({ period, label: 'started' }),
        stateMachine.metricSucceeded({ period, label: 'succeeded' }),
        stateMachine.metricFailed({ period, label: 'failed' }),
        stateMachine.metricTimedOut({ period, label: 'timed out' }),
        stateMachine.metricAborted({ period, label: 'aborted' }),
      ]),
      graph('Duration of the rotation function (ms)', [
        rotation.metricDuration({ period, statistic: 'p50', label: 'median' }),
        rotation.metricDuration({ period, statistic: 'Maximum', label: 'longest' }),
      ]),
      graph('Errors of the rotation function', [
        rotation.metricErrors({ period, label: 'errors' }),
        rotation.metricThrottles({ period, label: 'throttles' }),
      ]),
    ],
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, leftYAxis: { min: 0, showUnits: false }, width: THIRD });
}
