import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { identifiers, type LogSubject, log } from './log.ts';

/** The unit of every metric that a function writes. */
const UNITS = {
  RefreshTime: MetricUnit.Milliseconds,
  AccessTokenLife: MetricUnit.Seconds,
  RemainingTokenLife: MetricUnit.Seconds,
  Rotations: MetricUnit.Count,
  TokenGap: MetricUnit.Milliseconds,
  SupersededRotations: MetricUnit.Count,
  LostGrants: MetricUnit.Count,
  Credentials: MetricUnit.Count,
  OverdueCredentials: MetricUnit.Count,
} as const;

/** Values by the names of their metrics; what is undefined is not known, and is left out. */
export type Measurements = { readonly [Name in keyof typeof UNITS]?: number | undefined };

/**
 * Writes one line in CloudWatch's embedded metric format, straight to the standard output, where Lambda leaves it as
 * it is. The deployment is the only dimension: one for each secret would cost for each secret. The identifiers stand
 * in the line beside the metrics, for Logs Insights.
 *
 * It never throws: what was measured matters less than what was done.
 *
 * @see Amazon CloudWatch User Guide, "Embedding metrics within logs"
 */
export function writeMetrics(subject: Partial<LogSubject>, measurements: Measurements): void {
  try {
    // Made anew each time, because a wrong environment makes the constructor throw.
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
