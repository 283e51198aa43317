import { describe, expect, it } from 'vitest';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { startSandbox } from '../helpers/sandbox.ts';

const SECRET = 'genesys/demo';

describe('rotate', () => {
  it('shows the states of the rotation and moves AWSCURRENT', async () => {
    const { sandbox, credential } = await startSandbox();
    const { secretArn } = await credential();

    const { exitCode, stdout, stderr } = await runCli(sandbox, ['rotate', SECRET]);

    expect(exitCode).toBe(0);
    const states = [...stderr.matchAll(/→ (\w+)/g)].map(([, state]) => state);
    expect(states).toEqual(['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated']);
    const current = sandbox.secretsManager
      .secret(secretArn)
      ?.versions.find(({ labels }) => labels.includes('AWSCURRENT'));
    expect(stdout).toContain(current?.id);
  });

  it('counts the attempts of a state that is retried', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    sandbox.faults.add({ target: 'genesys:token', kind: 'server-error', when: { nth: 1 } });

    const { exitCode, result } = await runCliForJson(sandbox, ['rotate', SECRET]);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      outcome: 'rotated',
      states: expect.arrayContaining([
        expect.objectContaining({ state: 'Refresh', attempts: 2, errors: ['GenesysUnavailable'] }),
      ]),
    });
  });

  it('names the state, the error and the runbook when the rotation fails', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });

    const { exitCode, result, stderr } = await runCliForJson(sandbox, ['rotate', SECRET]);

    expect(exitCode).toBe(3);
    expect(result).toMatchObject({
      outcome: 'failed',
      state: 'StorePending',
      error: 'AccessDeniedException',
      runbook: 'docs/runbook.md#aws-errors',
    });
    expect(stderr).toMatch(/redrive arn:aws:states:/);
  });

  it('says what is pending when the rotation before is not complete', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });
    await runCli(sandbox, ['rotate', SECRET]);
    sandbox.faults.clear();

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', SECRET]);

    expect(exitCode).toBe(3);
    expect(stderr).toContain('StorePending');
    expect(stderr).toContain(`redrive ${SECRET}`);
  });

  it('does not wait with --no-wait', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();

    const { exitCode, result } = await runCliForJson(sandbox, ['rotate', SECRET, '--no-wait']);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ outcome: 'started', execution: expect.stringContaining(':execution:') });
  });

  it('ends with another exit code when the time is over and the rotation goes on', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    sandbox.faults.add({ target: 'genesys:token', kind: 'hang' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', SECRET, '--timeout', '3']);

    expect(exitCode).toBe(6);
    expect(stderr).toContain('redrive arn:');
  });

  it('says at Ctrl-C that the rotation goes on', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();
    sandbox.faults.add({ target: 'genesys:token', kind: 'hang' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', SECRET], { interruptAt: /Refresh/ });

    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/execution arn:\S+ goes on/);
  });
});
