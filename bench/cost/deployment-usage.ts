import type { StackModel } from '../../sandbox/template/stack-model.ts';

/** The usage of a deployment without any rotation, counted in its template. */
export interface DeploymentUsage {
  readonly keys: number;
  /** Metrics of the alarms; an alarm with metric math is billed for each metric. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  /** Memory of each function, in MB. */
  readonly memoryMb: number;
}

export function deploymentUsage(stack: StackModel): DeploymentUsage {
  return {
    keys: stack.keys.length,
    alarmMetrics: stack
      .resources('AWS::CloudWatch::Alarm')
      .reduce((sum, { properties }) => sum + metricsOf(properties.Metrics), 0),
    dashboards: stack.resources('AWS::CloudWatch::Dashboard').length,
    memoryMb: Math.max(...stack.functions.map(({ memoryMb }) => memoryMb)),
  };
}

/** How many metrics a `Metrics` property names; an alarm without it has one. */
function metricsOf(metrics: unknown): number {
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter(metric => typeof metric === 'object' && metric !== null && 'MetricStat' in metric)
    .length;
}
