import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { ROTATION_FUNCTION, serveSecretsManager } from './served-secrets.ts';

describe('SecretsManager, called with the AWS SDK', () => {
  it('creates, writes, promotes and reads a binary value', async () => {
    const { secrets } = await serveSecretsManager();
    const created = await secrets.send(
      new CreateSecretCommand({ Name: 'genesys', SecretBinary: new Uint8Array([0, 1, 2]) }),
    );

    const put = await secrets.send(
      new PutSecretValueCommand({
        SecretId: 'genesys',
        SecretBinary: new Uint8Array([3, 4]),
        VersionStages: ['AWSPENDING'],
      }),
    );
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'genesys',
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: put.VersionId,
        RemoveFromVersionId: created.VersionId,
      }),
    );
    const read = await secrets.send(new GetSecretValueCommand({ SecretId: 'genesys' }));

    expect(read).toMatchObject({
      VersionId: put.VersionId,
      SecretBinary: new Uint8Array([3, 4]),
      VersionStages: ['AWSCURRENT', 'AWSPENDING'],
      CreatedDate: expect.any(Date),
    });
  });

  it('returns dates that the SDK can read', async () => {
    const { secrets, secretsManager } = await serveSecretsManager();
    await secrets.send(new CreateSecretCommand({ Name: 'genesys', SecretString: 'first' }));
    const rotation = await secrets.send(
      new RotateSecretCommand({
        SecretId: 'genesys',
        RotationLambdaARN: ROTATION_FUNCTION,
        RotationRules: { ScheduleExpression: 'rate(8 hours)' },
      }),
    );
    await secretsManager.rotationsIdle();

    const described = await secrets.send(new DescribeSecretCommand({ SecretId: 'genesys' }));
    const listed = await secrets.send(new ListSecretsCommand({}));
    const versions = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'genesys' }));

    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationRules: { ScheduleExpression: 'rate(8 hours)' },
      NextRotationDate: expect.any(Date),
      LastChangedDate: expect.any(Date),
    });
    expect(listed.SecretList).toMatchObject([{ Name: 'genesys', CreatedDate: expect.any(Date) }]);
    expect(versions.Versions).toContainEqual({
      VersionId: rotation.VersionId,
      VersionStages: ['AWSPENDING'],
      CreatedDate: expect.any(Date),
      KmsKeyIds: ['DefaultEncryptionKey'],
    });
  });

  it('throws the exceptions of the SDK', async () => {
    const { secrets } = await serveSecretsManager();

    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'genesys' }))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  it('records its rotations in CloudTrail', async () => {
    const { secrets, cloudTrail, secretsManager } = await serveSecretsManager();
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'genesys', SecretString: 'first' }));
    await secrets.send(
      new RotateSecretCommand({ SecretId: 'genesys', RotationLambdaARN: ROTATION_FUNCTION }),
    );
    await secretsManager.rotationsIdle();

    expect(cloudTrail.events()).toMatchObject([
      { name: 'RotationStarted' },
      { name: 'RotationFailed', resource: { type: 'AWS::SecretsManager::Secret', name: ARN } },
    ]);
  });
});
