import {
  DescribeSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PromoteResult, promote } from '../../functions/promote/promote.ts';
import type { PromoteRequest } from '../../functions/promote/promote-request.ts';
import { CurrentVersionMoved, SecretNotFound } from '../../functions/shared/errors.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { rejection, watchedLog } from '../helpers/no-secrets.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { PROMOTE } from '../helpers/task-requests.ts';
import { metricsOf, writtenMetrics } from '../helpers/written-metrics.ts';

describe('promote', () => {
  const logged = watchedLog();
  const metrics = writtenMetrics();
  const secretsMock = mockAws(SecretsManagerClient);

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
  });

  function promoted(request: PromoteRequest = PROMOTE): Promise<PromoteResult> {
    return promote(request, {
      secrets: new SecretsManagerClient(),
      now: () => new Date('2026-07-01T08:00:00.250Z'),
    });
  }

  function refusedWhileCurrentIsOn(stages: Record<string, string[]>): Error {
    const exception = awsException(InvalidParameterException);
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ VersionIdsToStages: stages }));
    return exception;
  }

  it('moves AWSCURRENT from the version that was refreshed to the verified one, in one call', async () => {
    const result = await promoted();

    expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: DERIVED_VERSION });
    expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
      {
        SecretId: SECRET_ARN,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: DERIVED_VERSION,
        RemoveFromVersionId: BASE_VERSION,
      },
    ]);
  });

  it('logs the move', async () => {
    await promoted();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'promoted',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: 'arn:execution',
          state: 'Promote',
          previousVersionId: BASE_VERSION,
          currentVersionId: DERIVED_VERSION,
        },
      },
    ]);
  });

  it('counts the rotation, and measures how long consumers had the refreshed token instead of the new one', async () => {
    await promoted();

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1, TokenGap: 2_250 }]);
    expect(metrics()).toMatchObject([
      { secretName: 'genesys/voicemail', versionId: VERSION, state: 'Promote' },
    ]);
  });

  it('measures no gap for tokens that the execution did not refresh', async () => {
    await promoted({ ...PROMOTE, refreshedAt: null });

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
  });

  it('measures no gap when it does not know when the move happened', async () => {
    refusedWhileCurrentIsOn({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] });

    await promoted();

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
  });

  it('counts no rotation that is superseded', async () => {
    refusedWhileCurrentIsOn({ [FOREIGN_VERSION]: ['AWSCURRENT'] });

    await rejection(promoted());

    expect(metrics()).toEqual([]);
  });

  it('succeeds when the move is refused because it had already happened', async () => {
    refusedWhileCurrentIsOn({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] });

    const result = await promoted();

    expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: DERIVED_VERSION });
    expect(secretsMock.commandCalls(UpdateSecretVersionStageCommand)).toHaveLength(1);
  });

  it('throws CurrentVersionMoved when somebody wrote a newer credential, and leaves it', async () => {
    refusedWhileCurrentIsOn({ [FOREIGN_VERSION]: ['AWSCURRENT'], [BASE_VERSION]: ['AWSPREVIOUS'] });

    const error = await rejection(promoted());

    expect(error).toBeInstanceOf(CurrentVersionMoved);
    expect(error.message).toContain(FOREIGN_VERSION);
    expect(error.message).toContain(BASE_VERSION);
    expect(secretsMock.commandCalls(UpdateSecretVersionStageCommand)).toHaveLength(1);
    expect(logged()).toEqual([]);
  });

  it('throws CurrentVersionMoved when no version is AWSCURRENT any more', async () => {
    refusedWhileCurrentIsOn({ [DERIVED_VERSION]: ['AWSPENDING'] });

    const error = await rejection(promoted());

    expect(error).toBeInstanceOf(CurrentVersionMoved);
  });

  it('passes the refusal on when AWSCURRENT is where it should be: something else is wrong', async () => {
    const exception = refusedWhileCurrentIsOn({
      [BASE_VERSION]: ['AWSCURRENT'],
      [DERIVED_VERSION]: ['AWSPENDING'],
    });

    const error = await rejection(promoted());

    expect(error).toBe(exception);
  });

  it.each([
    awsException(InvalidRequestException),
    awsException(ResourceNotFoundException),
    secretsManagerException('ThrottlingException'),
    secretsManagerException('AccessDeniedException'),
  ])('passes %s on without looking at the labels', async exception => {
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);

    const error = await rejection(promoted());

    expect(error).toBe(exception);
    expect(secretsMock.commandCalls(DescribeSecretCommand)).toEqual([]);
  });

  it('throws SecretNotFound when the secret is gone by the time of the second look', async () => {
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(awsException(InvalidParameterException));
    secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

    const error = await rejection(promoted());

    expect(error).toBeInstanceOf(SecretNotFound);
  });
});
