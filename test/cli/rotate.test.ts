import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { openCliTerminal } from '../helpers/cli-terminal.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const shared = sharedWorld(onCleanup =>
  rotationWorld({ virtualTime: false, events: { rules: 'none' } }, onCleanup),
);
let secrets = 0;

/** A credential for one test. */
async function secretOf() {
  const world = shared();
  const secret = `genesys/rotate-${++secrets}`;
  const credential = await world.credential({ secretName: secret });
  onTestFinished(() => world.sandbox.faults.clear());
  return { world, sandbox: world.sandbox, secret, credential };
}

describe('rotate', () => {
  it('shows the states of the rotation and moves AWSCURRENT', async () => {
    const { sandbox, secret, credential } = await secretOf();

    const { exitCode, stdout, stderr } = await runCli(sandbox, ['rotate', secret], { ownProcess: true });

    expect(exitCode).toBe(EXIT_CODES.done.code);
    const states = [...stderr.matchAll(/→ (\w+)/g)].map(([, state]) => state);
    expect(states).toEqual(['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated']);
    const current = sandbox.secretsManager
      .secret(credential.secretArn)
      ?.versions.find(({ labels }) => labels.includes('AWSCURRENT'));
    expect(stdout).toContain(current?.id);
  });

  it('colours the states on a terminal', async () => {
    const { world, secret } = await secretOf();

    const { exitCode, screen, raw } = await openCliTerminal(world, ['rotate', secret]).ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(screen).toMatch(/✓ Promote +left after/);
    expect(raw).toContain('\u001b[32m✓\u001b[39m');
  });

  it('counts the attempts of a state that is retried', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'genesys:token', kind: 'server-error', when: { nth: 1 } });

    const { exitCode, result } = await runCliForJson(sandbox, ['rotate', secret]);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({
      outcome: 'rotated',
      states: expect.arrayContaining([
        expect.objectContaining({ state: 'Refresh', attempts: 2, errors: ['GenesysUnavailable'] }),
      ]),
    });
  });

  it('succeeds when somebody logged in during the rotation', async () => {
    const { world, sandbox, secret, credential } = await secretOf();
    const newer = Promise.withResolvers<string>();
    world.before('promote', async () => newer.resolve((await world.authorizeAgain(credential)).versionId));

    const { exitCode, result } = await runCliForJson(sandbox, ['rotate', secret]);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({ outcome: 'superseded', currentVersionId: await newer.promise });
  });

  it('names state, error and runbook when the rotation fails, also at the next attempt', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });

    const failed = await runCliForJson(sandbox, ['rotate', secret]);
    const again = await runCli(sandbox, ['rotate', secret]);

    expect(failed.exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(failed.result).toMatchObject({
      outcome: 'failed',
      state: 'StorePending',
      error: 'AccessDeniedException',
      runbook: 'docs/runbook.md#aws-errors',
    });
    expect(failed.stderr).toMatch(new RegExp(`^    genesys-token-rotation redrive ${secret}$`, 'm'));
    expect(again.exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(again.stderr).toContain('StorePending');
    expect(again.stderr).toContain(`genesys-token-rotation redrive ${secret}`);
  });

  it('does not wait with --no-wait', async () => {
    const { sandbox, secret } = await secretOf();

    const { exitCode, result } = await runCliForJson(sandbox, ['rotate', secret, '--no-wait']);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({ outcome: 'started', execution: expect.stringContaining(':execution:') });
  });

  it('prints the next command with the given region', async () => {
    const { sandbox, secret } = await secretOf();
    const { region } = sandbox.account;

    const { stdout } = await runCli(sandbox, ['rotate', secret, '--no-wait', '--region', region]);

    expect(stdout).toMatch(
      new RegExp(`^Follow it with: genesys-token-rotation follow ${secret} --region ${region}$`, 'm'),
    );
  });

  it('exits with its own code when it times out while the rotation is running', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'secretsmanager:DescribeSecret', kind: 'hang', by: 'fetch' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', secret, '--timeout', '2']);

    expect(exitCode).toBe(EXIT_CODES.stillRunning.code);
    expect(stderr).toContain(`genesys-token-rotation follow ${secret}`);
  });

  it('reports that no execution has started when it times out before', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'lambda:rotation', kind: 'throttled' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', secret, '--timeout', '1']);

    expect(exitCode).toBe(EXIT_CODES.stillRunning.code);
    expect(stderr).toContain('no execution started within --timeout');
    expect(stderr).toContain(`genesys-token-rotation status ${secret}`);
  });
});

describe('rotate on Ctrl-C', () => {
  it('reports that the rotation keeps running', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'secretsmanager:DescribeSecret', kind: 'hang', by: 'fetch' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', secret], {
      interruptAt: /Fetch/,
      ownProcess: true,
    });

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stderr).toMatch(/execution arn:\S+ keeps running in AWS/);
  });

  it('reports that Secrets Manager continues if no execution has started', async () => {
    const { sandbox, secret } = await secretOf();
    sandbox.faults.add({ target: 'lambda:rotation', kind: 'throttled' });

    const { exitCode, stderr } = await runCli(sandbox, ['rotate', secret], {
      interruptAt: /pending version/,
    });

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stderr).toContain('Secrets Manager continues the rotation.');
  });
});
