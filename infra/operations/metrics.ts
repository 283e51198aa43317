import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRICS_NAMESPACE } from '../deployed-function.ts';

/** A metric that the functions write. */
export type OwnMetricName =
  | 'AccessTokenLife'
  | 'Credentials'
  | 'LostGrants'
  | 'OverdueCredentials'
  | 'RefreshTime'
  | 'RemainingTokenLife'
  | 'Rotations'
  | 'SupersededRotations'
  | 'TokenGap';

/** One metric of this deployment, over all its credentials. */
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

/** The executions that ended in another way than succeeding. */
export function unsuccessfulExecutions(stateMachine: IStateMachine): MathExpression {
  const period = Duration.hours(1);
  return new MathExpression({
    label: 'unsuccessful executions',
    // FILL for hours in which nothing ended that way, SUM for what never did: there the metric does not even exist.
    expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])',
    usingMetrics: {
      failed: stateMachine.metricFailed({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
      aborted: stateMachine.metricAborted({ period }),
    },
    period,
  });
}
