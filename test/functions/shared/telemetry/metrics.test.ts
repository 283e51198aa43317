import { describe, expect, it, vi } from 'vitest';
import { writeMetrics } from '../../../../functions/shared/telemetry/metrics.ts';
import { captureMetrics, metricsOf } from '../../../helpers/capture-metrics.ts';
import { captureLog } from '../../../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

const SUBJECT = { secretArn: SECRET_ARN, versionId: VERSION, execution: 'arn:execution', state: 'Refresh' };

describe('the metrics', () => {
  const logged = captureLog();
  const metrics = captureMetrics();

  it('are one line in the embedded metric format, whose only dimension is the deployment', () => {
    writeMetrics(SUBJECT, { RefreshTime: 120, AccessTokenLifetime: 86_400, RemainingTokenLifetime: 0 });

    expect(metrics()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'GenesysTokenRotation',
              Dimensions: [['service']],
              Metrics: [
                { Name: 'RefreshTime', Unit: 'Milliseconds' },
                { Name: 'AccessTokenLifetime', Unit: 'Seconds' },
                { Name: 'RemainingTokenLifetime', Unit: 'Seconds' },
              ],
            },
          ],
        },
        service: 'deployment',
        secretName: 'genesys/voicemail',
        secretArn: SECRET_ARN,
        versionId: VERSION,
        execution: 'arn:execution',
        state: 'Refresh',
        RefreshTime: 120,
        AccessTokenLifetime: 86_400,
        RemainingTokenLifetime: 0,
      },
    ]);
  });

  it('are not written to the console, whose lines Lambda would wrap', () => {
    writeMetrics(SUBJECT, { Rotations: 1 });

    expect(metrics()).toHaveLength(1);
    expect(logged()).toEqual([]);
  });

  it('omit undefined values', () => {
    writeMetrics(SUBJECT, { Rotations: 1, TokenGap: undefined });

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
  });

  it('take only the identifiers from a request used as the subject', () => {
    const request = { ...SUBJECT, sealedValue: SENTINELS.newAccessToken };

    writeMetrics(request, { Rotations: 1 });

    expect(metrics()[0]).not.toHaveProperty('sealedValue');
  });

  it('are also written without an environment', () => {
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', undefined);
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', undefined);

    writeMetrics(SUBJECT, { Rotations: 1 });

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
  });

  it.each([
    ['the environment is wrong', () => vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'perhaps'), 1],
    ['a value is not a number', () => undefined, '1' as unknown as number],
    [
      'the standard output is closed',
      () =>
        vi.spyOn(process.stdout, 'write').mockImplementation(() => {
          throw new Error('closed');
        }),
      1,
    ],
  ])('never make the function throw: %s', (_what, prepare, value) => {
    prepare();

    expect(() => writeMetrics(SUBJECT, { Rotations: value })).not.toThrow();
    expect(metrics()).toEqual([]);
  });

  it('log a warning when they cannot be written', () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'perhaps');

    writeMetrics(SUBJECT, { Rotations: 1 });

    expect(logged()).toMatchObject([{ level: 'warn', line: { ...SUBJECT, error: expect.any(String) } }]);
  });
});
