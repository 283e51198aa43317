import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRICS_NAMESPACE } from '../deployed-function.ts';

/** A metric that the functions write. */
export type OwnMetricName =
  | 'AccessTokenLifetime'
  | 'Credentials'
  | 'LostGrants'
  | 'OverdueCredentials'
  | 'RefreshTime'
  | 'RemainingTokenLifetime'
  | 'Rotations'
  | 'SupersededRotations'
  | 'TokenGap';

/** A metric of this deployment, aggregated over all its credentials. */
export function ownMetric(
  service: string,
  metricName: OwnMetricName,
  statistic: string,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    dimensionsMap: { service },
    metricName,
    statistic,
    period: Duration.hours(1),
    ...options,
  });
}

/** The executions that failed, timed out or were stopped. */
export function unsuccessfulExecutions(stateMachine: IStateMachine): MathExpression {
  const period = Duration.hours(1);
  return new MathExpression({
    label: 'unsuccessful executions',
    // FILL covers hours without data. SUM covers metrics that do not exist yet.
    expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])',
    usingMetrics: {
      failed: stateMachine.metricFailed({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
      aborted: stateMachine.metricAborted({ period }),
    },
    period,
  });
}
