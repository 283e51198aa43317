import {
  DescribeSecretCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StandDownRequest } from '../../functions/promote/promote-request.ts';
import { type StandDownResult, standDown } from '../../functions/promote/stand-down.ts';
import { SecretNotFound } from '../../functions/shared/errors.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { rejection, watchedLog } from '../helpers/no-secrets.ts';
import {
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { metricsOf, writtenMetrics } from '../helpers/written-metrics.ts';

const REQUEST: StandDownRequest = {
  action: 'stand-down',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  execution: 'arn:execution',
  state: 'StandDown',
};

describe('stand-down', () => {
  const logged = watchedLog();
  const metrics = writtenMetrics();
  const secretsMock = mockAws(SecretsManagerClient);

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
  });

  function stoodDown(): Promise<StandDownResult> {
    return standDown(REQUEST, { secrets: new SecretsManagerClient() });
  }

  /** What DescribeSecret says at one look after the other. */
  function labelled(...looks: readonly Record<string, string[]>[]): void {
    const describing = secretsMock.on(DescribeSecretCommand);
    for (const stages of looks) {
      describing.resolvesOnce(
        secretDescription({ VersionIdsToStages: { [FOREIGN_VERSION]: ['AWSCURRENT'], ...stages } }),
      );
    }
  }

  function updates(): unknown[] {
    return secretsMock.commandCalls(UpdateSecretVersionStageCommand).map(call => call.args[0].input);
  }

  it.each([
    ['its version', VERSION],
    ['the version that was derived from it', DERIVED_VERSION],
  ])('takes AWSPENDING off %s, and leaves AWSCURRENT', async (_what, version) => {
    labelled({ [version]: ['AWSPENDING'] });

    const result = await stoodDown();

    expect(result).toEqual({ standDownVersionId: version });
    expect(updates()).toEqual([
      { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: version },
    ]);
  });

  it.each([
    ['on no version', {}],
    ['on a version of another rotation', { 'another-rotation-of-32-characters': ['AWSPENDING'] }],
    ['on the version that somebody else wrote', { [FOREIGN_VERSION]: ['AWSCURRENT', 'AWSPENDING'] }],
  ])('changes nothing when AWSPENDING is %s', async (_what, stages) => {
    labelled(stages);

    const result = await stoodDown();

    expect(result).toEqual({ standDownVersionId: null });
    expect(updates()).toEqual([]);
  });

  it('logs what was left behind', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] });

    await stoodDown();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'stood down',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: 'arn:execution',
          state: 'StandDown',
          standDownVersionId: VERSION,
        },
      },
    ]);
  });

  it('counts the rotation as superseded', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] });

    await stoodDown();

    expect(metrics().map(metricsOf)).toEqual([{ SupersededRotations: 1 }]);
  });

  it('succeeds when the removal is refused because the label had gone', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, {});
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(awsException(InvalidParameterException));

    const result = await stoodDown();

    expect(result).toEqual({ standDownVersionId: VERSION });
    expect(updates()).toHaveLength(1);
  });

  it('succeeds when it is repeated', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, {});

    const first = await stoodDown();
    const second = await stoodDown();

    expect(first).toEqual({ standDownVersionId: VERSION });
    expect(second).toEqual({ standDownVersionId: null });
    expect(updates()).toHaveLength(1);
  });

  it('passes the refusal on when the label is still there', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, { [VERSION]: ['AWSPENDING'] });
    const exception = awsException(InvalidParameterException);
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);

    const error = await rejection(stoodDown());

    expect(error).toBe(exception);
    expect(logged()).toEqual([]);
  });

  it.each(['ThrottlingException', 'AccessDeniedException'])(
    'passes %s on without a second look',
    async name => {
      labelled({ [VERSION]: ['AWSPENDING'] });
      secretsMock.on(UpdateSecretVersionStageCommand).rejects(secretsManagerException(name));

      const error = await rejection(stoodDown());

      expect(error.name).toBe(name);
      expect(secretsMock.commandCalls(DescribeSecretCommand)).toHaveLength(1);
    },
  );

  it('throws SecretNotFound when the secret is gone', async () => {
    secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

    const error = await rejection(stoodDown());

    expect(error).toBeInstanceOf(SecretNotFound);
    expect(updates()).toEqual([]);
  });
});
