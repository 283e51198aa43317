import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../helpers/sandbox.ts';

/** A sandbox, and clients that call with the role of one of its functions. */
async function asFunction(name: string) {
  const test = await startSandbox();
  const { sandbox } = test;
  const definition = sandbox.stack.functions.find(each => each.name.endsWith(`-${name}`));
  const credentials = sandbox.identities.issueRole({
    roleArn: definition?.roleArn ?? '',
    sessionName: definition?.name ?? '',
    functionArn: definition?.arn ?? '',
  });
  return { ...test, client: { ...sandbox.clientConfig, credentials, maxAttempts: 1 } };
}

describe('a call with the role of a function', () => {
  it('succeeds when the secret names the rotation function', async () => {
    const { sandbox, client, credential } = await asFunction('fetch');
    const secrets = new SecretsManagerClient(client);
    const { secretArn } = await credential();

    const read = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));

    expect(read.ARN).toBe(secretArn);
    expect(sandbox.permissions.denials()).toEqual([]);
  });

  it('is refused for a secret that names no rotation function', async () => {
    const { sandbox, client, secrets } = await asFunction('fetch');
    const { ARN = '' } = await secrets.send(
      new CreateSecretCommand({ Name: 'unrelated', SecretString: 'SENTINEL' }),
    );
    const { Arn: caller = '' } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
    const read = { action: 'secretsmanager:GetSecretValue', resource: ARN };
    sandbox.permissions.expectDenial({ caller, ...read });

    const response = new SecretsManagerClient(client).send(new GetSecretValueCommand({ SecretId: ARN }));

    await expect(response).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(sandbox.permissions.denials()).toEqual([{ caller, ...read, expected: true }]);
  });

  it('is refused with AccessDeniedException, which the call log records', async () => {
    const { sandbox, client, credential } = await asFunction('verify');
    const secrets = new SecretsManagerClient(client);
    const { secretArn } = await credential();
    sandbox.permissions.revoke({ action: 'secretsmanager:GetSecretValue' });

    const read = secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));

    await expect(read).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message: expect.stringMatching(
        /^User: arn:aws:sts::123456789012:assumed-role\/.+ is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:.+ because no identity-based policy allows the secretsmanager:GetSecretValue action$/,
      ),
    });
    expect(sandbox.callLog.calls().at(-1)).toMatchObject({
      operation: 'GetSecretValue',
      errorType: 'AccessDeniedException',
    });
  });

  it('needs no permission for GetCallerIdentity', async () => {
    const { client } = await asFunction('verify');

    const identity = await new STSClient(client).send(new GetCallerIdentityCommand({}));

    expect(identity.Account).toBe('123456789012');
  });
});

describe('a call by an unknown role', () => {
  /** A role that is not in the stack. */
  async function asUnknownRole() {
    const test = await startSandbox();
    const { sandbox } = test;
    sandbox.permissions.expectDenial({
      caller: 'arn:aws:sts::123456789012:assumed-role/unknown/session',
    });
    const credentials = sandbox.identities.issueRole({
      roleArn: 'arn:aws:iam::123456789012:role/unknown',
      sessionName: 'session',
    });
    return { ...test, client: { ...sandbox.clientConfig, credentials, maxAttempts: 1 } };
  }

  it('is refused by every service without revealing whether the resource exists', async () => {
    const { sandbox, client, credential } = await asUnknownRole();
    const { secretArn } = await credential();
    const secrets = new SecretsManagerClient(client);
    const KeyId = sandbox.stack.outputs.SealKeyArn;

    const calls = await Promise.allSettled([
      secrets.send(new DescribeSecretCommand({ SecretId: secretArn })),
      secrets.send(new DescribeSecretCommand({ SecretId: 'no-such-secret' })),
      new SFNClient(client).send(
        new DescribeExecutionCommand({
          executionArn: `${sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:no-such-one`,
        }),
      ),
      new KMSClient(client).send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
      new LambdaClient(client).send(new InvokeCommand({ FunctionName: sandbox.rotationFunctionArn })),
      new LambdaClient(client).send(new InvokeCommand({ FunctionName: 'no-such-function' })),
    ]);

    expect(
      calls.map(call =>
        call.status === 'rejected' ? [call.reason.name, call.reason.$metadata.httpStatusCode] : 'ok',
      ),
    ).toEqual([
      ['AccessDeniedException', 400],
      ['AccessDeniedException', 400],
      ['AccessDeniedException', 400],
      ['AccessDeniedException', 400],
      ['AccessDeniedException', 403],
      ['AccessDeniedException', 403],
    ]);
  });

  it('to decrypt is refused even if it does not name the key', async () => {
    const { sandbox, client } = await asUnknownRole();
    const { keyId: KeyId } = sandbox.kms.createKey();
    const { CiphertextBlob } = await new KMSClient(sandbox.clientConfig).send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }),
    );

    const decrypted = new KMSClient(client).send(new DecryptCommand({ CiphertextBlob }));

    await expect(decrypted).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a call by the operator', () => {
  it('reports that a secret does not exist, because the operator has all permissions', async () => {
    const { secrets } = await startSandbox();

    const described = secrets.send(new DescribeSecretCommand({ SecretId: 'no-such-secret' }));

    await expect(described).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
