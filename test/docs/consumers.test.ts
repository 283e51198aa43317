import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { synthesizePublishing } from '../../bench/soak/published-secret.ts';
import { statusOfCurrentUser } from '../../sandbox/genesys-cloud/current-user.ts';
import { type ConsumerProgram, snippetOf, startConsumer } from './consumer-snippets.ts';
import {
  type ConsumersWorld,
  consumersWorld,
  NAME,
  PUBLISHED_NAME,
  publishingWorld,
} from './consumers-world.ts';

const NODE: ConsumerProgram = {
  snippet: 'node',
  module: 'consumer.mjs',
  driver: {
    file: 'driver.mjs',
    text: `
      import { createInterface } from 'node:readline';
      import platformClient from 'purecloud-platform-client-v2';
      import { withToken } from './consumer.mjs';
      for await (const _line of createInterface({ input: process.stdin })) {
        try {
          ${snippetOf('node').use}
          console.log(me.id);
        } catch (error) {
          console.log(String(error.message ?? error.status));
        }
      }
      process.exit();
    `,
  },
  program: process.execPath,
};

describe('the code in docs/consumers.md', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'consumers-'));
    await synthesizePublishing(assemblyDirectory);
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  it('for Node.js calls Genesys Cloud, also after rotations that ended its access token', async () => {
    const world = await publishingWorld(assemblyDirectory);
    const consumer = startConsumer(
      NODE,
      { sandbox: world.sandbox, secretName: PUBLISHED_NAME },
      onTestFinished,
    );

    const first = await consumer.call();
    await world.rotate();
    const afterOne = await consumer.call();
    await world.rotate();
    await world.rotate();
    const afterMore = await consumer.call();

    expect([first, afterOne, afterMore]).toEqual([world.userId, world.userId, world.userId]);
  });

  it('for Node.js waits until a rotation has published the new access token', async () => {
    const world = await publishingWorld(assemblyDirectory);
    const consumer = startConsumer(
      NODE,
      { sandbox: world.sandbox, secretName: PUBLISHED_NAME },
      onTestFinished,
    );
    await consumer.call();
    world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'throttled', by: 'publish' });

    const rotated = world.rotate();
    await expect.poll(() => statusNow(world), { timeout: 20_000 }).toBe(401);
    const calling = consumer.call();
    world.sandbox.faults.clear();
    const called = await calling;
    await rotated;

    expect(called).toBe(world.userId);
  });

  async function statusNow({ secrets, sandbox }: ConsumersWorld) {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: PUBLISHED_NAME }));
    return await statusOfCurrentUser(sandbox.genesysCloud, JSON.parse(SecretString).accessToken);
  }
});

describe('a consumer of the rotated secret, as in the blueprint "Move voicemail to S3"', () => {
  it('reads the key accessToken of AWSCURRENT, and there is no other secret', async () => {
    const world = await consumersWorld(inject('assemblyDirectory'));
    await world.rotate();

    const { SecretString = '' } = await world.secrets.send(new GetSecretValueCommand({ SecretId: NAME }));
    const { accessToken } = JSON.parse(SecretString);
    const { SecretList = [] } = await world.secrets.send(new ListSecretsCommand({}));

    expect(await statusOfCurrentUser(world.sandbox.genesysCloud, accessToken)).toBe(200);
    expect(SecretList.map(({ Name }) => Name)).toEqual([NAME]);
  });
});
