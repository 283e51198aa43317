import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import type { StepFunctionsBehaviour } from '../../sandbox/step-functions/behaviour.ts';
import { synthesize } from '../../sandbox/synthesis.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';

const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';
const KEY_ARN = `arn:aws:kms:us-east-1:123456789012:key/${KEY_ID}`;

let assemblyDirectory: string;
beforeAll(async () => {
  assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'disabled-keys-'));
  await synthesize(assemblyDirectory, {
    secretNames: 'crm/genesys',
    secretKeyArn: KEY_ARN,
    encryptExecutionData: 'true',
  });
});
afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

/** A deployment that encrypts its secret, executions and notifications with KMS keys of the account. */
async function encryptedWorld(stepFunctions: Partial<StepFunctionsBehaviour> = {}) {
  const world = await recoveryWorld({
    assemblyDirectory,
    existingKeys: [KEY_ID],
    events: { rules: 'patterns' },
    secretsManager: { staleRotationToken: 'accepted' },
    stepFunctions,
  });
  const { sandbox } = world;
  const credential = await world.credential({ secretName: 'first-login' });
  const secretArn = sandbox.stack.secrets[0]?.arn ?? '';
  // The configuration test after the deployment fails because the credential is empty, and sends a message.
  await sandbox.advance(MINUTE_MS);
  await world.put(secretArn, await world.currentValue(credential.secretArn));
  const messagesBefore = sandbox.sns.messages().length;
  return {
    ...world,
    secretArn,
    refreshes: () => sandbox.genesysCloud.counts(credential.clientId).refreshes,
    executionKey: 'alias/genesys-token-rotation/executions',
    topicKey: 'alias/genesys-token-rotation/failures',
    /** The subjects of the messages since the secret was filled in. */
    subjects: () =>
      sandbox.sns
        .messages()
        .slice(messagesBefore)
        .map(({ subject }) => subject),
  };
}

describe("when the secret's key is disabled", () => {
  it('a rotation fails before it spends a token, and completes when the key is enabled', async () => {
    const { sandbox, secretArn, ...world } = await encryptedWorld();
    sandbox.kms.disableKey(KEY_ID);

    const { execution } = await world.rotated(secretArn);

    expect(execution?.failure.error).toBe('DecryptionFailure');
    expect(world.refreshes()).toBe(0);

    sandbox.kms.enableKey(KEY_ID);
    const redriven = await world.redriven({ executionArn: execution?.executionArn ?? '' });

    expect(redriven.status).toBe('SUCCEEDED');
    expect(world.refreshes()).toBe(1);
    expect(await world.currentWorks({ secretArn })).toBe(true);
  });

  it('status shows the credential as stuck, with the reason', async () => {
    const { sandbox } = await encryptedWorld();
    sandbox.kms.disableKey(KEY_ID);

    const { exitCode, result } = await runCliForJson(sandbox, ['status', 'crm/genesys']);

    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(result).toMatchObject({
      credentials: [
        {
          health: 'stuck',
          impact: expect.stringContaining('Consumers cannot read the credential'),
          execution: null,
        },
      ],
    });
  });

  it('diagnose reports it when it may not describe the key', async () => {
    const { sandbox } = await encryptedWorld();
    sandbox.faults.add({ target: 'secretsmanager:GetSecretValue', kind: 'key-disabled', by: 'operator' });

    const { result } = await runCliForJson(sandbox, ['diagnose', 'crm/genesys']);

    expect(result).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({
          step: 'value',
          status: 'wrong',
          found: 'the value cannot be decrypted',
          fix: expect.stringContaining('KMS key'),
        }),
      ]),
    });
  });
});

describe('when the execution key is disabled', () => {
  /** A world whose execution failed in Verify. Its key was disabled while the execution ran. */
  async function failedWorld(stepFunctions: Partial<StepFunctionsBehaviour>) {
    const world = await encryptedWorld(stepFunctions);
    world.whenIn('Verify', async () => {
      world.sandbox.kms.disableKey(world.executionKey);
      return 'crash';
    });
    const { execution } = await world.rotated(world.secretArn);
    await world.sandbox.advance(MINUTE_MS);
    return { ...world, execution };
  }

  it('a rotation cannot start, and spends no token', async () => {
    const { sandbox, secretArn, executionKey, ...world } = await encryptedWorld();
    sandbox.kms.disableKey(executionKey);

    const versionId = await world.rotateSecret(secretArn);
    const outcome = await world.outcome(secretArn, versionId);

    expect(outcome).toMatchObject({ status: 'failed', cause: { errorType: 'KmsInvalidStateException' } });
    expect(world.refreshes()).toBe(0);
  });

  it.each([
    ['needsKey', 'an unknown state'],
    ['needsNoKey', 'Verify'],
  ] as const)(
    'notify reports a failure without the execution data when the history %s',
    async (historyWithoutData, state) => {
      const { subjects } = await failedWorld({ historyWithoutData });

      expect(subjects()).toContain(`Genesys token rotation failed in ${state}: an error without a name`);
    },
  );

  it.each(['needsKey', 'needsNoKey'] as const)(
    'status shows that the rotation failed when the history %s',
    async historyWithoutData => {
      const { sandbox, execution } = await failedWorld({ historyWithoutData });

      const { exitCode, result } = await runCliForJson(sandbox, ['status', 'crm/genesys']);

      expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
      expect(result).toMatchObject({
        credentials: [
          {
            // The refresh has ended the access token of AWSCURRENT.
            health: 'expired',
            execution: { arn: execution?.executionArn, status: 'FAILED', error: 'unknown' },
          },
        ],
      });
    },
  );

  it('history shows rotations without execution data when only the data needs the key', async () => {
    const { sandbox } = await failedWorld({ historyWithoutData: 'needsNoKey' });

    const { exitCode, result } = await runCliForJson(sandbox, ['history', 'crm/genesys']);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({
      rotations: [{ status: 'FAILED', failures: [{ state: 'Verify', error: 'unknown' }] }, {}],
    });
  });

  it('history reports the state of the key when the whole history needs the key', async () => {
    const { sandbox } = await failedWorld({ historyWithoutData: 'needsKey' });

    const { exitCode, stderr } = await runCli(sandbox, ['history', 'crm/genesys']);

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toMatch(/KmsInvalidStateException.*The KMS key .* is not in a valid state/);
  });

  it('a redrive completes the rotation when the key is enabled', async () => {
    const { sandbox, execution, executionKey, ...world } = await failedWorld({});
    sandbox.kms.enableKey(executionKey);
    world.clearFaults();

    const redriven = await world.redriven({ executionArn: execution?.executionArn ?? '' });

    expect(redriven.status).toBe('SUCCEEDED');
    expect(world.refreshes()).toBe(1);
    expect(await world.currentWorks(world)).toBe(true);
  });
});

describe('when the topic key is disabled', () => {
  it("a message is delivered if the key is enabled before Lambda's retries end", async () => {
    const { sandbox, secretArn, topicKey, ...world } = await encryptedWorld();
    sandbox.kms.disableKey(topicKey);
    world.crashIn('Fetch');
    await world.rotated(secretArn);
    await sandbox.advance(1_000);
    const before = world.subjects();

    sandbox.kms.enableKey(topicKey);
    await sandbox.advance(5 * MINUTE_MS);

    expect(before).toEqual([]);
    expect(world.subjects()).toContain(
      'Genesys token rotation failed in Fetch: Runtime.ExitError: crm/genesys',
    );
  });
});
