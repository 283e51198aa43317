import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  InvalidRequestException,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, vi } from 'vitest';
import type { AwsFaultKind } from '../../../sandbox/faults/fault-rule.ts';
import { startSandbox } from '../../helpers/sandbox.ts';
import { faultyAws } from './fault-world.ts';

const SECRET = new GetSecretValueCommand({ SecretId: 'genesys/demo' });
const EXECUTION_ARN = 'arn:aws:states:us-east-1:123456789012:execution:rotation:one';

/** Secrets Manager with this fault on GetSecretValue. */
async function faultySecrets(kind: AwsFaultKind, ms?: number) {
  const aws = await faultyAws('secretsmanager', ['GetSecretValue']);
  aws.faults.add({ target: 'secretsmanager:GetSecretValue', kind, ...(ms !== undefined && { ms }) });
  const injected = new Promise(resolve => aws.faults.onInjected(resolve));
  return { ...aws, injected, secrets: new SecretsManagerClient(aws.client('tokens-fetch')) };
}

describe('faults of AWS', () => {
  it.each<[string, AwsFaultKind, object]>([
    [
      'secretsmanager',
      'throttled',
      { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
    ],
    ['secretsmanager', 'server-error', { name: 'InternalServiceError', $metadata: { httpStatusCode: 500 } }],
    [
      'kms',
      'throttled',
      {
        name: 'ThrottlingException',
        message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      },
    ],
    ['kms', 'server-error', { name: 'KMSInternalException', $metadata: { httpStatusCode: 500 } }],
    ['states', 'throttled', { name: 'ThrottlingException', message: 'Rate exceeded' }],
    ['states', 'server-error', { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }],
    [
      'lambda',
      'throttled',
      {
        name: 'TooManyRequestsException',
        Reason: 'CallerRateLimitExceeded',
        $metadata: { httpStatusCode: 429 },
      },
    ],
    ['lambda', 'server-error', { name: 'ServiceException', $metadata: { httpStatusCode: 500 } }],
    ['sts', 'throttled', { name: 'Throttling', message: 'Rate exceeded' }],
    ['sts', 'server-error', { name: 'InternalFailure' }],
  ])("return %s's own error for %s", async (service, kind, expected) => {
    const operations = ['GetSecretValue', 'Decrypt', 'DescribeExecution', 'Invoke', 'GetCallerIdentity'];
    const { client, faults, counter } = await faultyAws(service, operations);
    faults.add({ target: `${service}:*`, kind, by: 'fetch' });
    const config = client('tokens-fetch');
    const send: Readonly<Record<string, () => Promise<unknown>>> = {
      secretsmanager: () => new SecretsManagerClient(config).send(SECRET),
      kms: () => new KMSClient(config).send(new DecryptCommand({ CiphertextBlob: Buffer.from('x') })),
      states: () => new SFNClient(config).send(new DescribeExecutionCommand({ executionArn: EXECUTION_ARN })),
      lambda: () => new LambdaClient(config).send(new InvokeCommand({ FunctionName: 'tokens-fetch' })),
      sts: () => new STSClient(config).send(new GetCallerIdentityCommand()),
    };

    await expect(send[service]?.()).rejects.toMatchObject(expected);
    expect(counter.effects).toBe(0);
  });

  it("deny access with IAM's message, which names caller, action and resource", async () => {
    const { secrets, counter } = await faultySecrets('access-denied');

    await expect(secrets.send(SECRET)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/its-role/tokens-fetch is not authorized to perform: secretsmanager:GetSecretValue on resource: genesys/demo because no identity-based policy allows the secretsmanager:GetSecretValue action',
      $metadata: { httpStatusCode: 400 },
    });
    expect(counter.effects).toBe(0);
  });

  it('refuse UpdateSecretVersionStage with the error in the rule', async () => {
    const { client, faults, counter } = await faultyAws('secretsmanager', ['UpdateSecretVersionStage']);
    const target = 'secretsmanager:UpdateSecretVersionStage';
    faults.add({ target, kind: 'refused', error: 'InvalidRequestException', when: { nth: 1 } });
    const secrets = new SecretsManagerClient(client('tokens-promote'));
    const move = new UpdateSecretVersionStageCommand({
      SecretId: 'genesys/demo',
      VersionStage: 'AWSCURRENT',
    });

    await expect(secrets.send(move)).rejects.toBeInstanceOf(InvalidRequestException);
    expect(counter.effects).toBe(0);
    await expect(secrets.send(move)).resolves.toBeDefined();
  });

  it('refuse a redrive of an execution that DescribeExecution shows as REDRIVABLE', async () => {
    const { sandbox, stepFunctions, credential } = await startSandbox({
      virtualTime: true,
      secretsManager: { retryDelaysMs: [] },
    });
    const { secretArn } = await credential();
    sandbox.faults.add({ target: 'lambda:fetch', kind: 'access-denied' });
    sandbox.faults.add({
      target: 'states:RedriveExecution',
      kind: 'refused',
      error: 'ExecutionNotRedrivable',
      when: { nth: 1 },
    });
    const secrets = new SecretsManagerClient(sandbox.clientConfig);
    await secrets.send(
      new RotateSecretCommand({ SecretId: secretArn, RotationLambdaARN: sandbox.rotationFunctionArn }),
    );
    await sandbox.advance(60_000);
    const [{ executionArn = '' } = {}] = sandbox.stepFunctions.executions(sandbox.stateMachineArn);

    const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));

    expect(described.redriveStatus).toBe('REDRIVABLE');
    const redrive = new RedriveExecutionCommand({ executionArn });
    await expect(stepFunctions.send(redrive)).rejects.toBeInstanceOf(ExecutionNotRedrivable);
    await expect(stepFunctions.send(redrive)).resolves.toMatchObject({ redriveDate: expect.any(Date) });
  });

  it.each<[AwsFaultKind, number]>([
    ['connection-refused', 0],
    ['response-lost', 1],
  ])('cut the connection on %s, with %i effects', async (kind, effects) => {
    const { secrets, counter } = await faultySecrets(kind);

    await expect(secrets.send(SECRET)).rejects.toMatchObject({ message: 'socket hang up' });
    expect(counter.effects).toBe(effects);
  });

  it.each<[AwsFaultKind, number]>([
    ['hang', 0],
    ['hang-after', 1],
  ])('send no response on %s until the client gives up, with %i effects', async (kind, effects) => {
    const { secrets, counter, openRequests, injected } = await faultySecrets(kind);
    const client = new AbortController();

    const response = secrets.send(SECRET, { abortSignal: client.signal });
    await injected;
    await vi.waitUntil(() => !openRequests.busy);
    client.abort();

    await expect(response).rejects.toMatchObject({ name: 'AbortError' });
    expect(counter.effects).toBe(effects);
  });

  it('return an HTML page instead of JSON on wrong-body, after the effect', async () => {
    const { secrets, counter } = await faultySecrets('wrong-body');

    await expect(secrets.send(SECRET)).rejects.toMatchObject({ name: 'SyntaxError' });
    expect(counter.effects).toBe(1);
  });

  it("delay a call on the sandbox's clock before it takes effect", async () => {
    const { secrets, counter, clock, injected } = await faultySecrets('delay', 60_000);

    const response = secrets.send(SECRET);
    await injected;
    clock.advance(59_999);
    await new Promise(resolve => setImmediate(resolve));
    const before = counter.effects;
    clock.advance(1);
    await response;

    expect(before).toBe(0);
  });
});
