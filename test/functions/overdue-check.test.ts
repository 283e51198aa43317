import {
  ListSecretsCommand,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  checkOverdue,
  MAX_LINES,
  type OverdueCheckResult,
} from '../../functions/overdue-check/overdue-check.ts';
import { OVERDUE_GRACE_MS } from '../../functions/shared/secrets/due-date.ts';
import { secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureMetrics, metricsOf } from '../helpers/capture-metrics.ts';
import { captureLog, rejection } from '../helpers/no-secrets.ts';
import { ROTATION_FUNCTION_ARN, SECRET_ARN, SECRET_NAME } from '../helpers/secret.ts';

const NOW = new Date('2026-06-01T18:00:00Z');
/** Due after nine hours, and overdue after the grace period. */
const JUST_IN_TIME = new Date(NOW.getTime() - 9 * 3_600_000 - OVERDUE_GRACE_MS);
const OVERDUE = new Date(JUST_IN_TIME.getTime() - 1_000);

function secret(changes: SecretListEntry = {}): SecretListEntry {
  return {
    ARN: SECRET_ARN,
    Name: SECRET_NAME,
    CreatedDate: new Date('2026-01-01T00:00:00Z'),
    LastRotatedDate: JUST_IN_TIME,
    RotationEnabled: true,
    RotationLambdaARN: ROTATION_FUNCTION_ARN,
    RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
    ...changes,
  };
}

describe('overdue-check', () => {
  const logged = captureLog();
  const metrics = captureMetrics();
  const mock = mockAws(SecretsManagerClient);

  beforeEach(() => {
    mock.reset();
  });

  async function checked(...pages: readonly (readonly SecretListEntry[])[]): Promise<OverdueCheckResult> {
    for (const [index, page] of pages.entries()) {
      mock
        .on(ListSecretsCommand, {
          MaxResults: 100,
          ...(index > 0 && { NextToken: `page-${index}` }),
        })
        .resolves({
          SecretList: [...page],
          ...(index < pages.length - 1 && { NextToken: `page-${index + 1}` }),
        });
    }
    return checkOverdue({
      secrets: new SecretsManagerClient(),
      rotationFunctionArn: ROTATION_FUNCTION_ARN,
      schedule: { expression: 'rate(8 hours)', window: '1h', longestGapHours: 9 },
      now: () => NOW,
    });
  }

  it('counts the secrets that name the rotation function, on all pages, and how many are overdue', async () => {
    const result = await checked(
      [secret(), secret({ LastRotatedDate: OVERDUE })],
      [],
      [secret({ RotationLambdaARN: `${ROTATION_FUNCTION_ARN}:live` })],
    );

    expect(result).toEqual({ credentials: 3, overdue: 1 });
    expect(mock.commandCalls(ListSecretsCommand)).toHaveLength(3);
  });

  it.each([
    ['another function', { RotationLambdaARN: `${ROTATION_FUNCTION_ARN}-2` }],
    ['no function', { RotationLambdaARN: undefined }],
    ['the rotation function, but is scheduled for deletion', { DeletedDate: NOW }],
  ])('does not count a secret that names %s', async (_what, changes) => {
    const result = await checked([
      { ...secret({ LastRotatedDate: OVERDUE }), ...changes } as SecretListEntry,
    ]);

    expect(result).toEqual({ credentials: 0, overdue: 0 });
  });

  it('writes one line of metrics', async () => {
    await checked([secret(), secret({ LastRotatedDate: OVERDUE })]);

    expect(metrics().map(metricsOf)).toEqual([{ Credentials: 2, OverdueCredentials: 1 }]);
  });

  it('writes zeros when there are no credentials, so that an alarm has data', async () => {
    await checked([]);

    expect(metrics().map(metricsOf)).toEqual([{ Credentials: 0, OverdueCredentials: 0 }]);
  });

  it('warns about an overdue secret', async () => {
    await checked([secret({ LastRotatedDate: OVERDUE, RotationEnabled: false })]);

    expect(logged()).toEqual([
      {
        level: 'warn',
        line: {
          message: 'rotation overdue',
          secretName: SECRET_NAME,
          secretArn: SECRET_ARN,
          lastRotation: OVERDUE.toISOString(),
          dueSince: new Date(NOW.getTime() - OVERDUE_GRACE_MS - 1_000).toISOString(),
          rotationEnabled: false,
        },
      },
    ]);
  });

  it('reports that a secret was never rotated', async () => {
    const { LastRotatedDate: _never, ...never } = secret();

    await checked([never]);

    expect(logged()).toMatchObject([{ line: { lastRotation: null, dueSince: '2026-01-01T09:00:00.000Z' } }]);
  });

  it('does not report secrets that are not overdue', async () => {
    await checked([secret()]);

    expect(logged()).toEqual([]);
  });

  it('names a limited number of overdue secrets, and counts the rest', async () => {
    await checked(Array.from({ length: MAX_LINES + 7 }, () => secret({ LastRotatedDate: OVERDUE })));

    expect(logged()).toHaveLength(MAX_LINES + 1);
    expect(logged().at(-1)).toMatchObject({ level: 'warn', line: { secrets: 7 } });
  });

  it('writes no metrics when Secrets Manager does not respond', async () => {
    mock.on(ListSecretsCommand).rejects(secretsManagerException('ThrottlingException'));

    const error = await rejection(checked());

    expect(error.name).toBe('ThrottlingException');
    expect(metrics()).toEqual([]);
  });
});
