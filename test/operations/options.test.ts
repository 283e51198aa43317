import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../sandbox/synthesis.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';

const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';
const KEY_ARN = `arn:aws:kms:us-east-1:123456789012:key/${KEY_ID}`;

/** Every option that changes a permission, or what a call needs. */
const CONTEXT = {
  secretNames: 'crm/genesys',
  secretKeyArn: KEY_ARN,
  encryptExecutionData: 'true',
  vpcSubnetIds: 'subnet-0123456789abcdef0',
  vpcSecurityGroupIds: 'sg-0123456789abcdef0',
  reservedConcurrency: '10',
  notificationEmails: 'oncall@example.com',
  runbookUrl: 'https://wiki.example.com/genesys',
  tags: 'team=telephony',
  removalPolicy: 'destroy',
};

describe('a deployment with every option', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'options-'));
    await synthesize(assemblyDirectory, CONTEXT);
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  /** The secret that the stack created, with the tokens of a first login. */
  async function optionsWorld() {
    const world = await recoveryWorld({
      assemblyDirectory,
      existingKeys: [KEY_ID],
      events: { rules: 'patterns' },
      secretsManager: { retryDelaysMs: [60_000], staleRotationToken: 'accepted' },
    });
    const credential = await world.credential();
    const secretArn = world.sandbox.stack.secrets[0]?.arn ?? '';
    // The configuration test after the deployment fails because the credential is empty.
    await world.sandbox.advance(60_000);
    await world.put(secretArn, await world.currentValue(credential.secretArn));
    return { ...world, credential, secretArn };
  }

  it('rotates a secret that is encrypted with a customer managed key', async () => {
    const world = await optionsWorld();

    const { outcome, execution } = await world.rotated(world.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution?.status).toBe('SUCCEEDED');
    expect(world.sandbox.secretsManager.secret(world.secretArn)?.kmsKeyId).toBe(KEY_ARN);
    expect(await world.currentWorks({ secretArn: world.secretArn })).toBe(true);
  });

  it('recovers when Secrets Manager retries, and sends messages', async () => {
    const world = await optionsWorld();
    world.crashIn('StorePending');
    const { versionId, execution } = await world.rotated(world.secretArn);
    world.clearFaults();

    await world.sandbox.advance(120_000);
    const outcome = await world.outcome(world.secretArn, versionId);

    expect(execution?.status).toBe('FAILED');
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.sandbox.genesysCloud.counts(world.credential.clientId).refreshes).toBe(1);
    const messages = world.sandbox.sns.messages();
    expect(messages.map(({ subject }) => subject)).toEqual([
      'Genesys configuration test failed in Fetch: InvalidSecret: crm/genesys',
      'Genesys token rotation failed in StorePending: Runtime.ExitError: crm/genesys',
      'Genesys token rotation works again: crm/genesys',
    ]);
    expect(messages[1]?.message).toContain('https://wiki.example.com/genesys#');
  });

  it('subscribes the email addresses', async () => {
    const { sandbox } = await optionsWorld();

    expect(sandbox.sns.subscriptions()).toMatchObject([
      { protocol: 'email', endpoint: 'oncall@example.com' },
    ]);
  });
});
