import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { identifiers, type LogSubject, log } from './log.ts';

/** The units of all metrics that functions write. */
const UNITS = {
  RefreshTime: MetricUnit.Milliseconds,
  AccessTokenLifetime: MetricUnit.Seconds,
  RemainingTokenLifetime: MetricUnit.Seconds,
  Rotations: MetricUnit.Count,
  TokenGap: MetricUnit.Milliseconds,
  SupersededRotations: MetricUnit.Count,
  LostGrants: MetricUnit.Count,
  Credentials: MetricUnit.Count,
  OverdueCredentials: MetricUnit.Count,
} as const;

/** Values by metric name; undefined values are omitted. */
export type Measurements = { readonly [Name in keyof typeof UNITS]?: number | undefined };

/**
 * Writes one line in CloudWatch's embedded metric format directly to stdout, which Lambda does not reformat. The
 * deployment is the only dimension, because each secret's metrics would be billed separately. The line also contains the
 * identifiers, for Logs Insights.
 *
 * It never throws, because a missing metric must not fail the function.
 *
 * @see Amazon CloudWatch User Guide, "Embedding metrics within logs"
 */
export function writeMetrics(subject: Partial<LogSubject>, measurements: Measurements): void {
  try {
    // Created here, because a wrong environment makes the constructor throw.
    const metrics = new Metrics();
    for (const [name, unit] of Object.entries(UNITS)) {
      const value = measurements[name as keyof typeof UNITS];
      if (value !== undefined) metrics.addMetric(name, unit, value);
    }
    for (const [name, value] of Object.entries(identifiers(subject))) metrics.addMetadata(name, value);
    metrics.publishStoredMetrics();
  } catch (error) {
    log('warn', 'metrics not written', subject, { error: error instanceof Error ? error.name : 'unknown' });
  }
}
