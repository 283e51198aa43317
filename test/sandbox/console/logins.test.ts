import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

const DONE = { status: 200, body: {} };

async function currentValue({ secrets }: ConsoleWorld, SecretId: string): Promise<Record<string, unknown>> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString) as Record<string, unknown>;
}

async function put({ secrets }: ConsoleWorld, SecretId: string, value: object): Promise<void> {
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
}

describe('a new login of the user', () => {
  it('becomes AWSCURRENT and keeps the other keys', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    const before: Record<string, unknown> = {
      ...(await currentValue(world, secretArn)),
      team: 'crm',
      limits: { calls: 7 },
    };
    await put(world, secretArn, before);

    const response = await world.post('/secrets/authorize', { secretArn });

    const { consumer, lineages } = await world.credentialView();
    const after = await currentValue(world, secretArn);
    expect(response).toEqual(DONE);
    expect(after).toEqual({
      ...before,
      accessToken: expect.stringMatching(/^[\w-]{86}$/),
      refreshToken: expect.stringMatching(/^[\w-]{86}$/),
      // Genesys Cloud returns 86,399 s for a token of a day.
      expiresAt: new Date(world.sandbox.clock.nowMs() + 86_399_000).toISOString(),
    });
    expect([after.accessToken, after.refreshToken]).not.toContain(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(consumer.works).toBe(true);
    expect(lineages).toHaveLength(2);
  });

  it('makes a rotation succeed after its refresh token was revoked', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();

    const revoked = await world.post('/secrets/revoke', { secretArn });
    const afterRevocation = await world.credentialView();
    await world.post('/secrets/rotate', { secretArn });
    await world.advance(20_000);
    const failed = await world.execution();
    await world.post('/secrets/authorize', { secretArn });
    await world.post('/executions/redrive', { executionArn: failed.arn });
    await world.advance(20_000);

    expect(revoked).toEqual(DONE);
    expect(afterRevocation.lineages[0]).toMatchObject({
      isLive: false,
      tokens: [{ state: 'revoked' }, { state: 'revoked' }],
    });
    expect(afterRevocation.consumer).toMatchObject({
      works: false,
      explanation: 'Genesys Cloud responds with 401: the access token of AWSCURRENT was revoked.',
    });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'RefreshTokenRejected' });
    expect(await world.execution()).toMatchObject({ arn: failed.arn, status: 'SUCCEEDED', redriveCount: 1 });
    expect((await world.credentialView()).consumer.works).toBe(true);
  });

  it('affects only the user of that secret', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.credential({ secretName: 'genesys/other' });

    await world.post('/secrets/revoke', { secretArn });

    const { credentials } = await world.overview();
    expect(credentials.map(({ name, consumer }) => ({ name, works: consumer.works }))).toEqual([
      { name: 'genesys/demo', works: false },
      { name: 'genesys/other', works: true },
    ]);
  });

  it.each(['server-error', 'throttled', 'response-lost', 'wrong-body', 'empty-body', 'redirect'])(
    'changes nothing when Genesys Cloud fails with %s',
    async kind => {
      const world = await consoleWorld();
      const { secretArn } = await world.credential();
      const before = await currentValue(world, secretArn);
      await world.post('/faults', { text: `genesys:token=${kind}` });

      const response = await world.post('/secrets/authorize', { secretArn });

      expect(response).toEqual({
        status: 502,
        body: { error: expect.stringMatching(/^The login failed\. [^\n]+ The secret was not changed\.$/) },
      });
      expect(await currentValue(world, secretArn)).toEqual(before);
    },
  );

  it.each([
    [
      'a wrong client secret',
      (value: object) => ({ ...value, clientSecret: 'wrong' }),
      502,
      'The login failed. The exchange of the code ended with invalid_client. The secret was not changed.',
    ],
    [
      'an unknown OAuth client',
      (value: object) => ({ ...value, clientId: 'unknown' }),
      409,
      'Genesys Cloud has no OAuth client unknown with a redirect URI.',
    ],
    [
      'no OAuth client',
      () => ({ team: 'crm' }),
      409,
      'AWSCURRENT is not a JSON object with clientId and clientSecret. Write one with PutSecretValue.',
    ],
  ])('reports a secret with %s', async (_what, change, status, error) => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    const value = await currentValue(world, secretArn);
    await put(world, secretArn, change(value));

    expect(await world.post('/secrets/authorize', { secretArn })).toEqual({ status, body: { error } });
  });

  it.each(['/secrets/authorize', '/secrets/revoke'])(
    'refuses %s for tokens that Genesys Cloud did not issue',
    async target => {
      const world = await consoleWorld();
      const { ARN: secretArn = '' } = await world.secrets.send(
        new CreateSecretCommand({
          Name: 'elsewhere',
          SecretString: '{"clientId":"a","clientSecret":"b","refreshToken":"c"}',
        }),
      );

      expect(await world.post(target, { secretArn })).toEqual({
        status: 409,
        body: {
          error: `The user of secret ${secretArn} is unknown: Genesys Cloud issued none of its tokens. Log in with genesys-token-rotation authorize.`,
        },
      });
    },
  );
});
