import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DecryptCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { emptyFolder } from '../demonstration/project.ts';
import { startSandbox } from '../helpers/sandbox.ts';
import { textOf } from './pages.ts';

const SECRET_NAME = 'crm/genesys';
const AWS_CLI = fileURLToPath(new URL('../helpers/aws-cli.ts', import.meta.url));

/** The commands of the section, in order. */
function documentedCommands(): string {
  const [, section = ''] = textOf('docs/security.md').split('### Recover a token manually\n');
  const [own = ''] = section.split(/^#+ /m);
  return [...own.matchAll(/^ {3}```sh\n(.*?)^ {3}```/gms)]
    .map(([, block = '']) => block.replaceAll(/^ {3}/gm, ''))
    .join('');
}

/** Runs commands in a shell with a stand-in for the AWS CLI, as the sandbox's operator, who has all IAM permissions. */
async function run(sandbox: Sandbox, commands: string, cwd: string) {
  const bin = emptyFolder();
  const aws = path.join(bin, 'aws');
  writeFileSync(aws, `#!/bin/sh\nexec '${process.execPath}' '${AWS_CLI}' "$@"\n`);
  chmodSync(aws, 0o700);
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd,
    env: {
      PATH: [bin, path.dirname(process.execPath), process.env.PATH].join(':'),
      AWS_ENDPOINT_URL: sandbox.awsUrl,
      AWS_REGION: sandbox.account.region,
      AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  return { exitCode: shell.exitCode, stdout, stderr };
}

async function currentValue(
  secrets: SecretsManagerClient,
  SecretId: string,
): Promise<Record<string, string>> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString) as Record<string, string>;
}

describe('the manual recovery of a token', () => {
  it('finds the newest tokens in the journal, writes them into the secret, and restores the policy', async () => {
    const { sandbox, secrets, credential } = await startSandbox({ events: { rules: 'none' } });
    const kms = new KMSClient({ ...sandbox.clientConfig, maxAttempts: 1 });
    const { secretArn } = await credential({ secretName: SECRET_NAME });
    const seed = await currentValue(secrets, secretArn);
    const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    await sandbox.secretsManager.rotationOutcome(secretArn, VersionId);
    const newest = await currentValue(secrets, secretArn);
    // Somebody writes the seed value again, with an additional key. Its refresh token is spent.
    const written = { SecretId: secretArn, SecretString: JSON.stringify({ ...seed, note: 'mine' }) };
    await secrets.send(new PutSecretValueCommand(written));
    const { SealKeyArn: KeyId = '' } = sandbox.stack.outputs;
    const policyBefore = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    const operatorArn = sandbox.identities.userArn('operator');
    sandbox.permissions.expectDenial({ caller: operatorArn, action: 'kms:Decrypt', resource: KeyId });
    const folder = emptyFolder();

    const commands = documentedCommands()
      .replace(/^export SECRET_ID=.*$/m, `export SECRET_ID=${SECRET_NAME}`)
      .replace(/^export MY_ARN=.*$/m, `export MY_ARN=${operatorArn}`)
      .replace(/^export STACK=.*$/m, `export STACK=${sandbox.stack.stackName}`);
    const { exitCode, stdout, stderr } = await run(sandbox, commands, folder);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Issued at 20\S+Z$/m);
    expect(stdout).not.toContain(newest.refreshToken);
    expect(newest.refreshToken).not.toBe(seed.refreshToken);
    expect(await currentValue(secrets, secretArn)).toEqual({ ...newest, note: 'mine' });
    expect(existsSync(path.join(folder, 'recovery'))).toBe(false);
    const policyAfter = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    expect(policyAfter.Policy).toBe(policyBefore.Policy);
    await expect(
      kms.send(new DecryptCommand({ KeyId, CiphertextBlob: Buffer.from('any') })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('opens nothing if the key policy is not changed', async () => {
    const { sandbox, secrets, credential } = await startSandbox({ events: { rules: 'none' } });
    const { secretArn } = await credential({ secretName: SECRET_NAME });
    const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    await sandbox.secretsManager.rotationOutcome(secretArn, VersionId);
    const { SealKeyArn: KeyId = '' } = sandbox.stack.outputs;
    const operatorArn = sandbox.identities.userArn('operator');
    sandbox.permissions.expectDenial({ caller: operatorArn, action: 'kms:Decrypt', resource: KeyId });

    const commands = documentedCommands().replaceAll(/^aws kms put-key-policy .*$/gm, ':');
    const { exitCode, stderr } = await run(sandbox, commands, emptyFolder());

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('explicit deny in a resource-based policy');
  });
});
