import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { SecretWatch } from '../../bench/secret-watch.ts';
import { startSandbox } from '../helpers/sandbox.ts';

const secretValue = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

describe('SecretWatch', () => {
  it('finds every kind of secret in readable text and counts each text once', async () => {
    const watch = new SecretWatch();
    const { sandbox, secrets, credential } = await startSandbox({ awsInterceptors: [watch.awsInterceptor] });
    watch.attach(sandbox);
    const { secretArn, clientId, clientSecret } = await credential();
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const { refreshToken = '' } = v.parse(secretValue, SecretString);
    // Only functions may use the seal key.
    const key = sandbox.stack.keys.at(-1);
    const { Plaintext = new Uint8Array() } = await new KMSClient(sandbox.clientConfig).send(
      new GenerateDataKeyCommand({ KeyId: key?.keyId, KeySpec: 'AES_256' }),
    );
    const payload = { Step: 'createSecret', RotationToken: '8f14e45f-ceea-467f-a0e6-1c3f0d1b2a3c' };
    const response = { payload: { errorMessage: `for ${payload.RotationToken}` }, requestId: 'request' };
    const invocation = { functionName: 'rotation', functionArn: 'arn', payload, requestId: 'request' };

    watch.write(`client ${clientId} of ${secretArn}`);
    const clean = watch.leaks(sandbox);
    watch.write(`refresh_token=${refreshToken}`);
    watch.write({ basic: Buffer.from(`${clientId}:${clientSecret}`).toString('base64') });
    watch.write({ key: Buffer.from(Plaintext).toString('hex') });
    await watch.invocationInterceptor(invocation, async () => response);

    expect(clean).toBe(0);
    expect(watch.leaks(sandbox)).toBe(4);
    expect(watch.leaks(sandbox)).toBe(0);
  });
});
