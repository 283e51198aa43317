import {
  DescribeSecretCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type StandDownRequest,
  type StandDownResult,
  standDown,
} from '../../functions/promote/stand-down.ts';
import { SecretNotFound } from '../../functions/shared/errors.ts';
import { MAX_READ_LAG_MS } from '../../functions/shared/secrets/secret-versions.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureMetrics, metricsOf } from '../helpers/capture-metrics.ts';
import { mockLabels, type Stages } from '../helpers/label-reads.ts';
import { captureLog, rejection } from '../helpers/no-secrets.ts';
import { DERIVED_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { sum } from '../helpers/sum.ts';
import { EXECUTION, STAND_DOWN } from '../helpers/task-requests.ts';

const STRAY_VERSION = 'another-rotation-of-32-characters';

describe('stand-down', () => {
  const logged = captureLog();
  const metrics = captureMetrics();
  const secretsMock = mockAws(SecretsManagerClient);
  let sleeps: number[] = [];

  beforeEach(() => {
    sleeps = [];
    secretsMock.reset();
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
  });

  function stoodDown(changes: Partial<StandDownRequest> = {}): Promise<StandDownResult> {
    return standDown(
      { ...STAND_DOWN, ...changes },
      {
        secrets: new SecretsManagerClient(),
        sleep: async ms => {
          sleeps.push(ms);
        },
      },
    );
  }

  /** The labels in addition to AWSCURRENT in successive reads; the last ones repeat. */
  function labelled(...reads: [Stages, ...Stages[]]): void {
    const [first, ...later] = reads.map(stages => ({ [FOREIGN_VERSION]: ['AWSCURRENT'], ...stages }));
    mockLabels(secretsMock, first ?? {}, ...later);
  }

  function updates(): unknown[] {
    return secretsMock.commandCalls(UpdateSecretVersionStageCommand).map(call => call.args[0].input);
  }

  it.each([
    ['its version', VERSION],
    ['the version that was derived from it', DERIVED_VERSION],
    ['a version that belongs to no rotation', STRAY_VERSION],
  ])('removes AWSPENDING from %s, and does not move AWSCURRENT', async (_what, version) => {
    labelled({ [version]: ['AWSPENDING'] }, {});

    const result = await stoodDown();

    expect(result).toEqual({ standDownVersionId: version });
    expect(updates()).toEqual([
      { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: version },
    ]);
  });

  it.each([
    ['on no version', {}, 0],
    ['on the version that somebody else wrote', { [FOREIGN_VERSION]: ['AWSCURRENT', 'AWSPENDING'] }, 0],
    ['on a version of another rotation, after a redrive', { [STRAY_VERSION]: ['AWSPENDING'] }, 1],
  ])('changes nothing when AWSPENDING is %s', async (_what, stages, redriveCount) => {
    labelled(stages);

    const result = await stoodDown({ redriveCount });

    expect(result).toEqual({ standDownVersionId: null });
    expect(updates()).toEqual([]);
  });

  it('logs the removed version', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, {});

    await stoodDown();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'stood down',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: EXECUTION,
          state: 'StandDown',
          standDownVersionId: VERSION,
        },
      },
    ]);
  });

  it('counts the rotation as superseded', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, {});

    await stoodDown();

    expect(metrics().map(metricsOf)).toEqual([{ SupersededRotations: 1 }]);
  });

  it('succeeds when the removal is refused because the label is gone', async () => {
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

  it('removes AWSPENDING from each of its versions that stale reads show in turn', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] }, { [DERIVED_VERSION]: ['AWSPENDING'] }, {});

    const result = await stoodDown();

    expect(result).toEqual({ standDownVersionId: DERIVED_VERSION });
    expect(updates()).toEqual([
      { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: VERSION },
      { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: DERIVED_VERSION },
    ]);
  });

  it.each([awsException(InvalidParameterException), secretsManagerException('AccessDeniedException')])(
    'rethrows %s when the label stays visible for as long as a read may be stale',
    async exception => {
      labelled({ [VERSION]: ['AWSPENDING'] });
      secretsMock.on(UpdateSecretVersionStageCommand).rejects(exception);

      const error = await rejection(stoodDown());

      expect(error).toBe(exception);
      expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
      expect(logged()).toEqual([]);
    },
  );

  it('throws ThrottlingException without reading the labels again', async () => {
    labelled({ [VERSION]: ['AWSPENDING'] });
    secretsMock.on(UpdateSecretVersionStageCommand).rejects(secretsManagerException('ThrottlingException'));

    const error = await rejection(stoodDown());

    expect(error.name).toBe('ThrottlingException');
    expect(secretsMock.commandCalls(DescribeSecretCommand)).toHaveLength(1);
  });

  it('throws SecretNotFound when the secret is gone', async () => {
    secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

    const error = await rejection(stoodDown());

    expect(error).toBeInstanceOf(SecretNotFound);
    expect(updates()).toEqual([]);
  });
});
