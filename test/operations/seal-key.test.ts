import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../helpers/sandbox.ts';

const DENIED = {
  name: 'AccessDeniedException',
  message: expect.stringContaining('with an explicit deny in a resource-based policy'),
};

/** A rotated credential, and an administrator with all IAM permissions who tries to open its seal. */
async function sealWorld() {
  const { sandbox, secrets, credential } = await startSandbox({
    events: { rules: 'none' },
    secretsManager: { retryDelaysMs: [] },
  });
  const kms = new KMSClient({ ...sandbox.clientConfig, maxAttempts: 1 });
  const { secretArn } = await credential();
  const rotate = async () => {
    const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    return await sandbox.secretsManager.rotationOutcome(secretArn, VersionId);
  };
  const outcome = await rotate();
  const tableName = sandbox.stack.tables.find(({ name }) => !name.endsWith('-failures'))?.name;
  const { Items: [lineage] = [] } = await new DynamoDBClient(sandbox.clientConfig).send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :secret',
      ExpressionAttributeValues: { ':secret': { S: secretArn } },
    }),
  );
  const [, dataKey = ''] = lineage?.sealedPair?.S?.split('.') ?? [];
  const { SealKeyArn: KeyId = '' } = sandbox.stack.outputs;
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ScheduleKeyDeletion']) {
    sandbox.permissions.expectDenial({
      caller: sandbox.identities.userArn('operator'),
      action,
      resource: KeyId,
    });
  }
  const context = {
    secretArn,
    holds: 'token-pair',
    lineage: lineage?.sk?.S?.replace('lineage#', '') ?? '',
    generation: lineage?.generation?.N ?? '',
  };
  const open = () =>
    kms.send(
      new DecryptCommand({
        KeyId,
        CiphertextBlob: Buffer.from(dataKey, 'base64url'),
        EncryptionContext: context,
      }),
    );
  /** Removes statements from the key policy, as an administrator can. Returns a function that restores the policy. */
  const withoutStatements = async (...sids: readonly string[]) => {
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    const policy = JSON.parse(Policy) as { Statement: { Sid?: string }[] };
    const Statement = policy.Statement.filter(({ Sid = '' }) => !sids.includes(Sid));
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ ...policy, Statement }) }));
    return async () => void (await kms.send(new PutKeyPolicyCommand({ KeyId, Policy })));
  };
  return { sandbox, kms, KeyId, context, outcome, rotate, open, withoutStatements };
}

describe('the seal key', () => {
  it('seals and opens tokens for the functions, but opens none for an administrator', async () => {
    const { outcome, open } = await sealWorld();

    expect(outcome).toEqual({ status: 'succeeded' });
    await expect(open()).rejects.toMatchObject(DENIED);
  });

  it('does not seal for an administrator', async () => {
    const { kms, KeyId, context } = await sealWorld();

    const seal = kms.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: context }),
    );

    await expect(seal).rejects.toMatchObject(DENIED);
  });

  it('opens a seal for an administrator who has changed the key policy, until the policy is restored', async () => {
    const { open, rotate, withoutStatements } = await sealWorld();

    const restorePolicy = await withoutStatements('OpenInFunctionsOnly');
    const { Plaintext } = await open();
    await restorePolicy();

    expect(Plaintext).toHaveLength(32);
    await expect(open()).rejects.toMatchObject(DENIED);
    expect(await rotate()).toEqual({ status: 'succeeded' });
  });

  it('can be described, but not deleted by mistake', async () => {
    const { kms, KeyId, withoutStatements } = await sealWorld();

    const deleted = kms.send(new ScheduleKeyDeletionCommand({ KeyId }));

    await expect(deleted).rejects.toMatchObject(DENIED);
    await expect(kms.send(new DescribeKeyCommand({ KeyId }))).resolves.toMatchObject({
      KeyMetadata: { KeyState: 'Enabled' },
    });
    await withoutStatements('NoDeletion');
    await expect(kms.send(new ScheduleKeyDeletionCommand({ KeyId }))).resolves.toMatchObject({
      KeyState: 'PendingDeletion',
    });
  });
});
