import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { synthesize } from '../../sandbox/synthesis.ts';
import { startCli } from '../helpers/cli-session.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from './authorize-world.ts';

const STACK = 'genesys-token-rotation';
const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';
const PUBLISHED = `${SECRET}/access-token`;

describe('authorize, when the deployment publishes access tokens,', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'published-'));
    await synthesize(assemblyDirectory, { publishAccessTokens: 'true', allSecrets: 'true' });
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  /** Logs in for a new secret that the deployment rotates. */
  async function authorized(
    world: Awaited<ReturnType<typeof authorizeWorld>>,
    { args, env }: { readonly args: string[]; readonly env?: Record<string, string> },
  ) {
    const cli = startCli(world, args, { ...(env && { env }) });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    return await cli.ended;
  }

  function publishingWorld(options: SandboxOptions = {}) {
    return authorizeWorld({ assemblyDirectory, ...options });
  }

  async function published({ secrets }: Awaited<ReturnType<typeof authorizeWorld>>): Promise<unknown> {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: PUBLISHED }));
    return JSON.parse(SecretString);
  }

  it('creates the secret that consumers read, with the tag, the key and the new access token', async () => {
    const world = await publishingWorld({ existingKeys: [KEY_ID] });

    const result = await authorized(
      world,
      world.newSecret('--yes', '--json', '--rotate-with', STACK, '--kms-key', KEY_ID),
    );

    const { accessToken, expiresAt } = await world.currentKeys();
    const described = await world.secrets.send(new DescribeSecretCommand({ SecretId: PUBLISHED }));
    expect(result.exitCode).toBe(EXIT_CODES.done.code);
    expect(JSON.parse(result.stdout)).toMatchObject({ publishedSecretName: PUBLISHED });
    expect(described.Tags).toEqual([{ Key: PUBLISHER_TAG, Value: STACK }]);
    expect(described.KmsKeyId).toContain(KEY_ID);
    expect(await published(world)).toEqual({
      accessToken,
      expiresAt,
      apiUrl: 'https://api.mypurecloud.com',
      region: 'mypurecloud.com',
    });
  });

  it('writes a new login to both secrets, so consumers need not wait for a rotation', async () => {
    const world = await publishingWorld();
    await authorized(world, world.newSecret('--yes', '--rotate-with', STACK));
    const before = await published(world);

    const { exitCode, stdout } = await authorized(world, { args: world.existingSecret('--yes') });

    const { accessToken } = await world.currentKeys();
    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stdout).toContain(PUBLISHED);
    expect(await published(world)).toMatchObject({ accessToken });
    expect(await published(world)).not.toEqual(before);
  });

  it('does not write a secret of that name without the tag, reports it, and keeps the credential', async () => {
    const world = await publishingWorld();
    await world.secrets.send(new CreateSecretCommand({ Name: PUBLISHED, SecretString: '"untouched"' }));

    const { exitCode, stdout } = await authorized(world, world.newSecret('--yes', '--rotate-with', STACK));

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stdout).toContain(`it exists without the tag ${PUBLISHER_TAG}=${STACK}`);
    expect(await published(world)).toBe('untouched');
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('keeps the credential when it may not create that secret', async () => {
    const world = await publishingWorld();
    world.sandbox.faults.add({
      target: 'secretsmanager:CreateSecret',
      kind: 'access-denied',
      when: { from: 2 },
    });

    const { exitCode, stdout } = await authorized(world, world.newSecret('--yes', '--rotate-with', STACK));

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stdout).toContain(`not published to ${PUBLISHED}: AccessDeniedException`);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('does not create that secret for a deployment without the option', async () => {
    const world = await authorizeWorld();

    const { exitCode, stdout } = await authorized(world, world.newSecret('--yes', '--rotate-with', STACK));

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stdout).not.toContain('access-token');
    await expect(published(world)).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
