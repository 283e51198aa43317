import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { storedSecrets } from '../../helpers/stored-secrets.ts';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

/** All that the console says of a sandbox, and all errors of its buttons. */
async function everythingSaid(world: ConsoleWorld, secretArn: string): Promise<string> {
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
  const said = await Promise.all(targets.map(target => world.get(target)));
  const buttons = await Promise.all([
    world.post('/secrets/rotate', { secretArn }),
    world.post('/secrets/authorize', { secretArn }),
    world.post('/executions/redrive', { executionArn: executions[0]?.arn }),
  ]);
  return JSON.stringify([said, buttons]);
}

describe('the console', () => {
  it('never says a token, a client secret or a key, whatever has happened', async () => {
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

    const said = await everythingSaid(world, secretArn);

    const secrets = [...sandbox.genesysCloud.issuedValues(), ...storedSecrets(sandbox)];
    // The client's secret; codes and tokens of two logins; tokens of two refreshes.
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(11);
    expect(secrets.filter(secret => said.includes(secret))).toEqual([]);
    // What was searched is really there.
    expect(said).toContain('"status":"FAILED"');
    expect(said).toContain('sealedValue');
    expect(said).toContain('Nobody could log in.');
  });

  it('does not repeat a value that is no credential', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    const SecretString = '{"accessToken":"top-secret","clientId":["top-secret"],"other":"top-secret"';
    await world.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
    await world.secrets.send(
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: `${SecretString}}` }),
    );

    expect(await everythingSaid(world, secretArn)).not.toContain('top-secret');
  });
});
