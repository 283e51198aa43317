import { DecryptCommand, DisabledException, KMSClient } from '@aws-sdk/client-kms';
import {
  DecryptionFailure,
  DescribeSecretCommand,
  EncryptionFailure,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  KmsInvalidStateException,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { KMSDisabledException, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished } from 'vitest';
import { faultyAws } from './fault-world.ts';

/** A service whose key is disabled, called by the function `refresh`. */
async function disabledKey(service: string, operations: readonly string[]) {
  const { faults, counter, client } = await faultyAws(service, operations);
  faults.add({ target: `${service}:*`, kind: 'key-disabled' });
  return { counter, config: client('tokens-refresh') };
}

function destroyedAfterTest<Client extends { destroy: () => void }>(client: Client): Client {
  onTestFinished(() => client.destroy());
  return client;
}

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:rotation:one';

describe('the fault key-disabled', () => {
  it('refuses to read and to write a secret, without an effect', async () => {
    const { counter, config } = await disabledKey('secretsmanager', [
      'DescribeSecret',
      'GetSecretValue',
      'PutSecretValue',
    ]);
    const secrets = destroyedAfterTest(new SecretsManagerClient(config));
    const SecretId = 'genesys';

    await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toBeInstanceOf(
      DecryptionFailure,
    );
    await expect(
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'x' })),
    ).rejects.toBeInstanceOf(EncryptionFailure);
    await secrets.send(new DescribeSecretCommand({ SecretId }));

    expect(counter.effects).toBe(1);
  });

  it('refuses execution data of Step Functions, but returns metadata', async () => {
    const { config } = await disabledKey('states', ['DescribeExecution', 'GetExecutionHistory']);
    const states = destroyedAfterTest(new SFNClient(config));

    const refused = states.send(new GetExecutionHistoryCommand({ executionArn }));
    await expect(refused).rejects.toBeInstanceOf(KmsInvalidStateException);
    await expect(refused).rejects.toMatchObject({ kmsKeyState: 'DISABLED' });
    await expect(states.send(new DescribeExecutionCommand({ executionArn }))).rejects.toBeInstanceOf(
      KmsInvalidStateException,
    );
    await expect(
      states.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' })),
    ).resolves.toBeDefined();
  });

  it('refuses to use the key itself', async () => {
    const { config } = await disabledKey('kms', ['Decrypt']);
    const kms = destroyedAfterTest(new KMSClient(config));

    await expect(kms.send(new DecryptCommand({ CiphertextBlob: Buffer.of(1) }))).rejects.toBeInstanceOf(
      DisabledException,
    );
  });

  it('refuses to publish', async () => {
    const { config } = await disabledKey('sns', ['Publish']);
    const sns = destroyedAfterTest(new SNSClient(config));
    const TopicArn = 'arn:aws:sns:us-east-1:123456789012:topic';

    await expect(sns.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toBeInstanceOf(
      KMSDisabledException,
    );
  });

  it('cannot be set for an operation that uses no key', async () => {
    const { faults } = await faultyAws('secretsmanager', ['DescribeSecret']);

    expect(() => faults.add({ target: 'secretsmanager:DescribeSecret', kind: 'key-disabled' })).toThrow(
      expect.objectContaining({ name: 'InvalidFault' }),
    );
  });
});
