import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesizePublishing } from '../../bench/soak/published-secret.ts';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import { runCli } from '../helpers/cli.ts';
import { expectPublishDenied } from '../helpers/publish-denial.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const NAME = 'crm/genesys';
const PUBLISHED_NAME = 'crm/genesys/access-token';

describe('a rotation whose access token was not published', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'redrive-published-'));
    await synthesizePublishing(assemblyDirectory);
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  it('is reported by status with its impact, and completed by redrive once the secret exists', async () => {
    const world = await rotationWorld({ assemblyDirectory, virtualTime: false, events: { rules: 'none' } });
    expectPublishDenied(world.sandbox, 'crm/genesys/access-token');
    const { secretArn } = await world.credential({ secretName: NAME });
    const { outcome } = await world.rotate(secretArn);

    const stuck = await runCli(world.sandbox, ['status', NAME]);
    await world.secrets.send(
      new CreateSecretCommand({
        Name: PUBLISHED_NAME,
        Tags: [{ Key: PUBLISHER_TAG, Value: 'genesys-token-rotation' }],
      }),
    );
    const redriven = await runCli(world.sandbox, ['redrive', NAME]);
    const healthy = await runCli(world.sandbox, ['status', NAME]);

    const { accessToken } = await world.currentValue(secretArn);
    const { SecretString = '' } = await world.secrets.send(
      new GetSecretValueCommand({ SecretId: PUBLISHED_NAME }),
    );
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(stuck.exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(stuck.stdout).toContain(
      'Consumers of the published access token may hold one that no longer works',
    );
    expect(stuck.stdout).toContain('AccessTokenNotPublished');
    expect(redriven.exitCode).toBe(EXIT_CODES.done.code);
    expect(JSON.parse(SecretString)).toMatchObject({ accessToken });
    expect(healthy.exitCode).toBe(EXIT_CODES.done.code);
  });
});
