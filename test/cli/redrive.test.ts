import { spawn } from '@lydell/node-pty';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CLI, cliEnvironment, expectNoLeaks, runCli, runCliForJson } from '../helpers/cli.ts';
import { startSandbox } from '../helpers/sandbox.ts';
import { storedSecrets } from '../helpers/stored-secrets.ts';

const SECRET = 'genesys/demo';

/** A sandbox in which the rotation of the secret has failed in StorePending; the cause is gone. */
async function failedRotation() {
  const world = await startSandbox();
  await world.credential();
  world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });
  const { result } = await runCliForJson(world.sandbox, ['rotate', SECRET]);
  world.sandbox.faults.clear();
  return { ...world, execution: (result as { execution: string }).execution };
}

/** Genesys Cloud does not know the secret's client any more. */
async function rejectedClient() {
  const world = await startSandbox();
  const { clientId } = await world.credential();
  world.sandbox.genesysCloud.deleteClient(clientId);
  await runCli(world.sandbox, ['rotate', SECRET]);
  return world;
}

describe('redrive', () => {
  it('goes on at the state that failed when the secret is named', async () => {
    const { sandbox, execution } = await failedRotation();

    const { exitCode, result } = await runCliForJson(sandbox, ['redrive', SECRET]);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ execution, outcome: 'rotated', cause: { looks: 'unknown' } });
    const { states } = result as { states: { state: string }[] };
    expect(states.map(({ state }) => state)).toEqual(['StorePending', 'Verify', 'Promote', 'Rotated']);
  });

  it('takes the ARN of an execution', async () => {
    const { sandbox, execution } = await failedRotation();

    const { exitCode, stdout } = await runCli(sandbox, ['redrive', execution]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Rotated');
  });

  it('has nothing to do after a rotation that succeeded', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    await runCli(sandbox, ['rotate', SECRET]);

    const { exitCode, result } = await runCliForJson(sandbox, ['redrive', SECRET]);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ outcome: 'nothingToRedrive' });
  });

  it('refuses in a pipe while the cause is there, and redrives with --force', async () => {
    const { sandbox } = await rejectedClient();

    const refused = await runCli(sandbox, ['redrive', SECRET]);
    const forced = await runCliForJson(sandbox, ['redrive', SECRET, '--force']);

    expect(refused.exitCode).toBe(5);
    expect(forced.exitCode).toBe(3);
    expect(forced.result).toMatchObject({ outcome: 'failed', error: 'ClientRejected' });
  });

  it('asks on a terminal while the cause is there, and does nothing without a yes', async () => {
    const { sandbox } = await rejectedClient();
    const redrives = (): number =>
      sandbox.callLog.calls().filter(({ operation }) => operation === 'RedriveExecution').length;

    const { exitCode } = await answering(sandbox, ['redrive', SECRET], 'Redrive all the same?', '\r');

    expect(exitCode).toBe(5);
    expect(redrives()).toBe(0);
  });

  it('redrives with --all each secret that has not been rotated since, and no other', async () => {
    const { sandbox, credential, execution } = await failedRotation();
    await credential({ secretName: 'genesys/healthy' });
    await runCli(sandbox, ['rotate', 'genesys/healthy']);

    const { exitCode, result } = await runCliForJson(sandbox, ['redrive', '--all']);
    const again = await runCliForJson(sandbox, ['redrive', '--all']);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ rotated: 1, executions: [{ execution, outcome: 'rotated' }] });
    expect(again.result).toMatchObject({ executions: [] });
  });

  it('ends with --all as failed when one of them fails again', async () => {
    const { sandbox } = await failedRotation();
    sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });

    const { exitCode, stderr } = await runCli(sandbox, ['redrive', '--all']);

    expect(exitCode).toBe(3);
    expect(stderr).toContain('StorePending');
  });

  it('wants either a secret or --all', async () => {
    const { sandbox } = await startSandbox();

    const { exitCode } = await runCli(sandbox, ['redrive']);

    expect(exitCode).toBe(2);
  });
});

/** Runs the program on a pseudo-terminal and types when it asks. */
async function answering(
  sandbox: Sandbox,
  args: readonly string[],
  question: string,
  keys: string,
): Promise<{ readonly exitCode: number }> {
  const secrets = await storedSecrets(sandbox);
  const terminal = spawn(process.execPath, [CLI, ...args], { cols: 300, env: cliEnvironment(sandbox) });
  const exit = Promise.withResolvers<number>();
  let screen = '';
  let isAnswered = false;
  onTestFinished(() => {
    try {
      terminal.kill('SIGKILL');
    } catch {
      // It has ended.
    }
  });
  terminal.onData(data => {
    screen += data;
    if (isAnswered || !screen.includes(question)) return;
    isAnswered = true;
    terminal.write(keys);
  });
  terminal.onExit(({ exitCode }) => exit.resolve(exitCode));
  const exitCode = await exit.promise;
  expect(isAnswered).toBe(true);
  expectNoLeaks(screen, secrets);
  return { exitCode };
}
