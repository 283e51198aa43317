import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { storedSecrets } from '../../helpers/stored-secrets.ts';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

/** Everything that the console sends, and the errors of its actions. */
async function everythingSent(world: ConsoleWorld, secretArn: string): Promise<string> {
  const { executions } = await world.overview();
  const targets = [
    '/state-machine',
    '/overview',
    '/faults',
    '/injected',
    '/clock',
    '/rotation-events',
    ...executions.map(({ name }) => `/executions/${name}/events`),
  ];
  const sent = await Promise.all(targets.map(target => world.get(target)));
  const buttons = await Promise.all([
    world.post('/secrets/rotate', { secretArn }),
    world.post('/secrets/authorize', { secretArn }),
    world.post('/executions/redrive', { executionArn: executions[0]?.arn }),
  ]);
  return JSON.stringify([sent, buttons]);
}

describe('the console', () => {
  it('never sends a token, a client secret or a key', async () => {
    const world = await consoleWorld();
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    await world.post('/secrets/rotate', { secretArn });
    await world.advance(20_000);
    await world.post('/secrets/authorize', { secretArn });
    await world.post('/faults', { text: 'kms:Decrypt=access-denied,by=store-pending' });
    await world.post('/secrets/rotate', { secretArn });
    await world.advance(20_000);
    await world.post('/secrets/revoke', { secretArn });
    await world.post('/faults', { text: 'secretsmanager:PutSecretValue=wrong-body' });
    await world.post('/faults', { text: 'genesys:token=wrong-body' });

    const sent = await everythingSent(world, secretArn);

    const secrets = [...sandbox.genesysCloud.issuedValues(), ...storedSecrets(sandbox)];
    // The client's secret; codes and tokens of two logins; tokens of two refreshes.
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(11);
    expect(secrets.filter(secret => sent.includes(secret))).toEqual([]);
    // Proves that the search covered failures, payloads and error messages.
    expect(sent).toContain('"status":"FAILED"');
    expect(sent).toContain('sealedPair');
    expect(sent).toContain('The login failed.');
  });

  it('never sends a secret value that is not a credential', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    const SecretString = '{"accessToken":"top-secret","clientId":["top-secret"],"other":"top-secret"';
    await world.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
    await world.secrets.send(
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: `${SecretString}}` }),
    );

    expect(await everythingSent(world, secretArn)).not.toContain('top-secret');
  });
});
