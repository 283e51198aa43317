import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { CheckKeyUse } from '../../../sandbox/kms/key-use.ts';
import { V1, V2, V3 } from './secrets-world.ts';
import { ROTATION_FUNCTION, type StepEvent, serveSecretsManager } from './served-secrets.ts';

const LAG_MS = 1_000;
const SECRET = { SecretId: 'genesys' };
const PUT_V2 = { ...SECRET, ClientRequestToken: V2, SecretString: 'second' };

/** A Secrets Manager whose reads lag, and a secret that is already visible: version V1 has the value `first`. */
async function laggingSecrets(options: { KmsKeyId?: string; checkKeyUse?: CheckKeyUse } = {}) {
  const { KmsKeyId, checkKeyUse } = options;
  const steps: { create?: (event: StepEvent) => Promise<unknown> } = {};
  const world = await serveSecretsManager({
    behaviour: { readLagMs: LAG_MS },
    onStep: async event => (event.Step === 'createSecret' ? await steps.create?.(event) : undefined),
    checkKeyUse,
  });
  const { secrets, clock } = world;
  const create = { Name: 'genesys', ClientRequestToken: V1, SecretString: 'first', Description: 'old' };
  await secrets.send(new CreateSecretCommand({ ...create, KmsKeyId }));
  clock.advance(LAG_MS);
  return {
    ...world,
    steps,
    rotate: () =>
      secrets.send(
        new RotateSecretCommand({
          ...SECRET,
          ClientRequestToken: V2,
          RotationLambdaARN: ROTATION_FUNCTION,
          RotationRules: { ScheduleExpression: 'rate(8 hours)' },
        }),
      ),
  };
}

const describeSecret = (secrets: SecretsManagerClient) => secrets.send(new DescribeSecretCommand(SECRET));
const value = (secrets: SecretsManagerClient) => secrets.send(new GetSecretValueCommand(SECRET));
const versionIds = async (secrets: SecretsManagerClient) => {
  const { Versions = [] } = await secrets.send(new ListSecretVersionIdsCommand(SECRET));
  return Versions.map(({ VersionId }) => VersionId);
};
const listed = async (secrets: SecretsManagerClient) => {
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand());
  return SecretList.map(({ Name, Description }) => [Name, Description]);
};

describe('readLagMs', () => {
  it.each<
    [
      write: string,
      read: string,
      write: (secrets: SecretsManagerClient) => Promise<unknown>,
      read: (secrets: SecretsManagerClient) => Promise<unknown>,
      before: unknown,
      after: unknown,
    ]
  >([
    [
      'PutSecretValue',
      'GetSecretValue',
      secrets => secrets.send(new PutSecretValueCommand(PUT_V2)),
      value,
      { VersionId: V1, SecretString: 'first', VersionStages: ['AWSCURRENT'] },
      { VersionId: V2, SecretString: 'second', VersionStages: ['AWSCURRENT'] },
    ],
    [
      'PutSecretValue',
      'ListSecretVersionIds',
      secrets => secrets.send(new PutSecretValueCommand(PUT_V2)),
      versionIds,
      [V1],
      [V1, V2],
    ],
    [
      'UpdateSecretVersionStage',
      'DescribeSecret',
      secrets =>
        secrets.send(
          new UpdateSecretVersionStageCommand({ ...SECRET, VersionStage: 'MINE', MoveToVersionId: V1 }),
        ),
      describeSecret,
      { VersionIdsToStages: { [V1]: ['AWSCURRENT'] } },
      { VersionIdsToStages: { [V1]: ['AWSCURRENT', 'MINE'] } },
    ],
    [
      'UpdateSecret',
      'ListSecrets',
      secrets => secrets.send(new UpdateSecretCommand({ ...SECRET, Description: 'new' })),
      listed,
      [['genesys', 'old']],
      [['genesys', 'new']],
    ],
    [
      'CreateSecret',
      'ListSecrets',
      secrets => secrets.send(new CreateSecretCommand({ Name: 'other', Description: 'other' })),
      listed,
      [['genesys', 'old']],
      [
        ['other', 'other'],
        ['genesys', 'old'],
      ],
    ],
    [
      'a forced DeleteSecret',
      'ListSecrets',
      secrets => secrets.send(new DeleteSecretCommand({ ...SECRET, ForceDeleteWithoutRecovery: true })),
      listed,
      [['genesys', 'old']],
      [],
    ],
  ])('hides %s from %s during the lag', async (_write, _read, write, read, before, after) => {
    const { secrets, clock } = await laggingSecrets();

    await write(secrets);
    clock.advance(LAG_MS - 1);
    const stale = await read(secrets);
    clock.advance(1);
    const fresh = await read(secrets);

    expect(stale).toMatchObject(before as object);
    expect(fresh).toMatchObject(after as object);
  });

  it('makes reads of a new secret fail during the lag', async () => {
    const { secrets, clock } = await laggingSecrets();
    const { ARN: SecretId } = await secrets.send(
      new CreateSecretCommand({ Name: 'other', SecretString: 'value' }),
    );
    const commands = [
      new DescribeSecretCommand({ SecretId }),
      new GetSecretValueCommand({ SecretId }),
      new ListSecretVersionIdsCommand({ SecretId }),
    ];

    for (const command of commands) {
      await expect(secrets.send(command)).rejects.toBeInstanceOf(ResourceNotFoundException);
    }
    clock.advance(LAG_MS);
    for (const command of commands) await expect(secrets.send(command)).resolves.toBeDefined();
  });

  it('hides DeleteSecret and RestoreSecret during the lag', async () => {
    const { secrets, clock } = await laggingSecrets();

    await secrets.send(new DeleteSecretCommand(SECRET));
    const readable = await value(secrets);
    clock.advance(LAG_MS);
    const deleted = await describeSecret(secrets);
    await secrets.send(new RestoreSecretCommand(SECRET));

    expect(readable.SecretString).toBe('first');
    expect(deleted.DeletedDate).toBeInstanceOf(Date);
    await expect(value(secrets)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    clock.advance(LAG_MS);
    await expect(value(secrets)).resolves.toMatchObject({ SecretString: 'first' });
  });

  it('hides the pending version and the enabled rotation from createSecret', async () => {
    const { secrets, secretsManager, clock, steps, rotate } = await laggingSecrets();
    const described: object[] = [];
    steps.create = async () => {
      described.push(await describeSecret(secrets));
      clock.advance(LAG_MS);
      described.push(await describeSecret(secrets));
    };

    await rotate();
    await secretsManager.rotationsIdle();

    expect(described).toMatchObject([
      { VersionIdsToStages: { [V1]: ['AWSCURRENT'] } },
      { VersionIdsToStages: { [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] }, RotationEnabled: true },
    ]);
    expect(described[0]).not.toHaveProperty('RotationEnabled');
    expect(described[0]).not.toHaveProperty('NextRotationDate');
  });

  it('hides the end of a rotation and CancelRotateSecret during the lag', async () => {
    const { secrets, secretsManager, clock, steps, rotate } = await laggingSecrets();
    steps.create = async () => {
      await secrets.send(
        new PutSecretValueCommand({ ...PUT_V2, VersionStages: ['AWSCURRENT', 'AWSPENDING'] }),
      );
      clock.advance(LAG_MS);
    };
    secretsManager.behaviour.foreignWriter = 'accepted';
    await rotate();
    await secretsManager.rotationsIdle();

    const rotated = await describeSecret(secrets);
    clock.advance(LAG_MS);
    await secrets.send(new CancelRotateSecretCommand(SECRET));
    const cancelled = await describeSecret(secrets);
    clock.advance(LAG_MS);

    expect(rotated.VersionIdsToStages?.[V2]).toEqual(['AWSCURRENT', 'AWSPENDING']);
    expect(rotated.LastRotatedDate).toBeUndefined();
    expect(cancelled.VersionIdsToStages?.[V2]).toEqual(['AWSCURRENT']);
    expect(cancelled).toMatchObject({ RotationEnabled: true, LastRotatedDate: expect.any(Date) });
    expect(await describeSecret(secrets)).toMatchObject({ RotationEnabled: false });
  });

  it('can be changed while the sandbox runs and then also applies to earlier writes', async () => {
    const { secrets, secretsManager } = await laggingSecrets();
    await secrets.send(new PutSecretValueCommand(PUT_V2));

    secretsManager.behaviour.readLagMs = 0;
    const fresh = await value(secrets);
    secretsManager.behaviour.readLagMs = 60_000;

    expect(fresh.VersionId).toBe(V2);
    await expect(value(secrets)).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('shows each of several writes after its own lag', async () => {
    const { secrets, secretsManager, clock } = await laggingSecrets();
    secretsManager.behaviour.readLagMs = 300_000;
    for (const Description of ['2 min', '4 min', '6 min', '8 min']) {
      clock.advance(120_000);
      await secrets.send(new UpdateSecretCommand({ ...SECRET, Description }));
    }

    expect((await describeSecret(secrets)).Description).toBe('2 min');
    clock.advance(60_000);
    expect((await describeSecret(secrets)).Description).toBe('4 min');
  });

  it('above five minutes is reported as a defect of the sandbox', async () => {
    const { secrets, secretsManager, defects } = await laggingSecrets();
    secretsManager.behaviour.readLagMs = 300_001;

    await expect(describeSecret(secrets)).rejects.toMatchObject({ name: 'InternalFailure' });

    expect(defects).toEqual(['secretsmanager:DescribeSecret: readLagMs is 300001; the maximum is 300000.']);
  });

  it('requires permission for the key of the value that a read returns', async () => {
    const denied = new Set<string>();
    const { secrets } = await laggingSecrets({
      KmsKeyId: 'alias/old',
      checkKeyUse: ({ keyId }) => (denied.has(keyId) ? 'denied' : 'usable'),
    });
    await secrets.send(new UpdateSecretCommand({ ...SECRET, KmsKeyId: 'alias/new' }));
    denied.add('alias/old');

    await expect(value(secrets)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'Access to KMS is not allowed',
    });
  });

  it('does not affect writes, which act on the latest state', async () => {
    const { secrets } = await laggingSecrets();
    await secrets.send(new PutSecretValueCommand({ ...PUT_V2, VersionStages: ['AWSPENDING'] }));
    const move = { ...SECRET, VersionStage: 'AWSCURRENT', MoveToVersionId: V2, RemoveFromVersionId: V1 };
    await secrets.send(new UpdateSecretVersionStageCommand(move));

    const repeated = await secrets.send(new PutSecretValueCommand(PUT_V2));

    expect(repeated.VersionStages).toEqual(['AWSCURRENT', 'AWSPENDING']);
    await expect(secrets.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(
      secrets.send(new PutSecretValueCommand({ ...PUT_V2, SecretString: 'other' })),
    ).rejects.toBeInstanceOf(ResourceExistsException);
    await expect(
      secrets.send(new CreateSecretCommand({ Name: 'genesys', ClientRequestToken: V3, SecretString: 'x' })),
    ).rejects.toBeInstanceOf(ResourceExistsException);
  });

  it("does not affect the sandbox's own views", async () => {
    const { secrets, secretsManager } = await laggingSecrets();

    await secrets.send(new PutSecretValueCommand(PUT_V2));

    const versions = secretsManager.secret('genesys')?.versions.map(({ id, labels }) => [id, labels]);
    expect(versions).toEqual([
      [V1, ['AWSPREVIOUS']],
      [V2, ['AWSCURRENT']],
    ]);
    expect(secretsManager.secrets()[0]?.versions).toHaveLength(2);
    expect(secretsManager.describeValues('genesys', stored => stored)).toEqual(
      new Map([
        [V1, { SecretString: 'first' }],
        [V2, { SecretString: 'second' }],
      ]),
    );
  });

  it('does not affect the result of a rotation', async () => {
    const { secrets, secretsManager, steps, rotate } = await laggingSecrets();
    steps.create = () =>
      secrets.send(new PutSecretValueCommand({ ...PUT_V2, VersionStages: ['AWSCURRENT', 'AWSPENDING'] }));
    secretsManager.behaviour.foreignWriter = 'accepted';

    await rotate();

    expect(await secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });
});
