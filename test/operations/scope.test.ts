import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import { synthesize } from '../../sandbox/synthesis.ts';
import { startSandbox } from '../helpers/sandbox.ts';

/** A credential of another service that happens to have the same keys. */
const UNRELATED = { clientId: 'billing', clientSecret: 'billing-secret', refreshToken: 'billing-token' };

/** A sandbox with a stack for the given context. Records all requests to Genesys Cloud. */
async function scopeWorld(context: Readonly<Record<string, string>>) {
  const assemblyDirectory = mkdtempSync(path.join(inject('scratchDirectory'), 'scope-'));
  await synthesize(assemblyDirectory, context);
  const world = await startSandbox({
    assemblyDirectory,
    events: { rules: 'none' },
    secretsManager: { retryDelaysMs: [] },
  });
  const { sandbox, secrets } = world;
  const requests: string[] = [];
  sandbox.genesysCloud.intercept(async ({ endpoint }, next) => {
    requests.push(endpoint);
    return await next();
  });

  /** Rotates a secret, as anyone who may call RotateSecret on it can, and returns the outcome. */
  const rotate = async (SecretId: string) => {
    const RotationLambdaARN = sandbox.rotationFunctionArn;
    const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId, RotationLambdaARN }));
    return await sandbox.secretsManager.rotationOutcome(SecretId, VersionId);
  };
  const createSecret = async (value: object): Promise<string> => {
    const { ARN = '' } = await secrets.send(
      new CreateSecretCommand({ Name: 'billing/oauth', SecretString: JSON.stringify(value) }),
    );
    return ARN;
  };
  /** The errors of the executions for a secret. */
  const errorsOf = (secretArn: string) =>
    sandbox.stepFunctions
      .executions(sandbox.stateMachineArn)
      .filter(({ input }) => input.includes(secretArn))
      .map(({ failure }) => failure.error);
  return { ...world, requests, rotate, createSecret, errorsOf };
}

describe('RotateSecret on a secret that no option names', () => {
  it('starts no execution and sends nothing', async () => {
    const world = await scopeWorld({ secretNames: 'crm/genesys' });
    const { account, stack, permissions, rotationFunctionArn } = world.sandbox;
    const secretArn = await world.createSecret(UNRELATED);
    const role = stack.functions
      .find(({ arn }) => arn === rotationFunctionArn)
      ?.roleArn.split('/')
      .at(-1);
    const caller = `arn:aws:sts::${account.accountId}:assumed-role/${role}/genesys-token-rotation-rotation`;
    permissions.expectDenial({ caller, action: 'secretsmanager:DescribeSecret', resource: secretArn });
    // Called concurrently with DescribeSecret.
    const { SealKeyArn: resource = '' } = stack.outputs;
    permissions.expectDenial({ caller, action: 'kms:GenerateDataKey', resource });
    const before = world.requests.length;

    const outcome = await world.rotate(secretArn);

    expect(outcome).toMatchObject({ status: 'failed', cause: { errorType: 'AccessDeniedException' } });
    expect(world.requests.slice(before)).toEqual([]);
    expect(world.errorsOf(secretArn)).toEqual([]);
  });

  it.each([{}, { region: 'us-east-1' }])(
    'sends nothing with allSecrets unless the secret names a Genesys Cloud host: %j',
    async region => {
      const world = await scopeWorld({ allSecrets: 'true' });
      const secretArn = await world.createSecret({ ...UNRELATED, ...region });

      const outcome = await world.rotate(secretArn);

      expect(outcome).toMatchObject({ status: 'failed' });
      expect(world.errorsOf(secretArn)).toEqual(['InvalidSecret']);
      expect(world.requests).toEqual([]);
    },
  );
});

describe('RotateSecret on a secret that an option names', () => {
  it('rotates it when the list of secrets is too long for one policy', async () => {
    const patterns = Array.from(
      { length: 120 },
      (_, index) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:tenants/number-${index}/*`,
    );
    const world = await scopeWorld({ secretArnPatterns: patterns.join(',') });
    const first = await world.credential({ secretName: 'tenants/number-0/genesys' });
    const last = await world.credential({ secretName: 'tenants/number-119/genesys' });

    const outcomes = [await world.rotate(first.secretArn), await world.rotate(last.secretArn)];

    expect(world.sandbox.stack.resources('AWS::IAM::ManagedPolicy').length).toBeGreaterThan(0);
    expect(outcomes).toEqual([{ status: 'succeeded' }, { status: 'succeeded' }]);
  });

  it('rotates an existing credential without a region', async () => {
    const world = await scopeWorld({ secretArnPatterns: 'arn:aws:secretsmanager:*:*:secret:voicemail/*' });
    const { secretArn } = await world.credential({ secretName: 'voicemail/genesys' });
    const { SecretString = '' } = await world.secrets.send(
      new GetSecretValueCommand({ SecretId: secretArn }),
    );
    const { region: _none, ...value } = JSON.parse(SecretString) as Record<string, string>;
    const withoutRegion = { SecretId: secretArn, SecretString: JSON.stringify(value) };
    await world.secrets.send(new PutSecretValueCommand(withoutRegion));

    const outcome = await world.rotate(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.sandbox.genesysCloud.counts().refreshes).toBe(1);
  });
});
