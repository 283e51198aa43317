import { afterEach, beforeEach, vi } from 'vitest';
import { expectNoSecrets } from './no-secrets.ts';

/** One line in CloudWatch's embedded metric format. */
export interface MetricsLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/**
 * Gives the functions of the file the environment that their metrics need, suppresses the standard output, collects
 * its lines, and checks them for secrets after each test.
 *
 * @returns what the current test has written so far
 */
export function captureMetrics(): () => readonly MetricsLine[] {
  let lines: string[] = [];
  beforeEach(() => {
    lines = [];
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'deployment');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'GenesysTokenRotation');
    vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
      lines.push(String(chunk));
      return true;
    });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    expectNoSecrets(lines);
  });
  return () => lines.map(line => JSON.parse(line));
}

/** The values of a line's metrics by their names. */
export function metricsOf(line: MetricsLine | undefined): Record<string, unknown> {
  const defined = line?._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics) ?? [];
  return Object.fromEntries(defined.map(({ Name }) => [Name, line?.[Name]]));
}
