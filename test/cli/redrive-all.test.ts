import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { startCli } from '../helpers/cli-session.ts';
import { KEYS, openCliTerminal } from '../helpers/cli-terminal.ts';
import { redriveWorld } from './redrive-world.ts';

const { credential, failedRotation, rejectedClient } = redriveWorld();

const ALL = ['redrive', '--all'];

describe('redrive --all', () => {
  it('redrives each secret that has not been rotated since its failure, and no others', async () => {
    const { sandbox, execution } = await failedRotation();
    const healthy = await credential();
    await runCli(sandbox, ['rotate', healthy.secret]);

    const { exitCode, result } = await runCliForJson(sandbox, ALL);
    const again = await runCliForJson(sandbox, ALL);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({ rotated: 1, executions: [{ execution, outcome: 'rotated' }] });
    expect(again.result).toMatchObject({ executions: [] });
  });

  it('exits with the code for a failed rotation when a redrive fails again', async () => {
    const { sandbox } = await failedRotation();
    sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });

    const { exitCode, stderr } = await runCli(sandbox, ALL);

    expect(exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(stderr).toContain('StorePending');
  });

  it('skips executions that would fail again when there is no terminal', async () => {
    const { sandbox, redrives } = await rejectedClient();

    const { exitCode, result } = await runCliForJson(sandbox, ALL);

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(result).toMatchObject({ leftOut: 1, executions: [{ outcome: 'leftOut' }] });
    expect(redrives()).toBe(0);
  });

  it('reports on Ctrl-C that redriven executions keep running', async () => {
    const world = await failedRotation();
    world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'hang' });

    const cli = startCli(world, ALL, { ownProcess: true });
    await expect.poll(world.redrives, { timeout: 20_000 }).toBe(1);
    cli.interrupt();
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stderr).toContain('1 still running');
    expect(stderr).toContain('Redriven executions keep running in AWS');
  });

  it('redrives nothing when Ctrl-C comes before the first redrive', async () => {
    const world = await failedRotation();
    world.sandbox.faults.add({
      target: 'states:DescribeExecution',
      kind: 'delay',
      ms: 1_000,
      by: 'operator',
    });
    const polls = () => world.sandbox.callLog.counts()['states:DescribeExecution'];
    const before = polls();

    const cli = startCli(world, ALL);
    await expect.poll(polls, { timeout: 20_000 }).toBeGreaterThan(Number(before));
    cli.interrupt();
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stderr).toContain('Nothing was redriven.');
    expect(world.redrives()).toBe(0);
  });
});

describe('redrive --all on a terminal', () => {
  it('shows a progress bar and removes it at the end', async () => {
    const world = await failedRotation();

    const terminal = openCliTerminal(world, ALL);
    await terminal.seen(/─ 0 of 1/);
    await terminal.seen(/━ 1 of 1/);
    const { exitCode, screen } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(
      screen
        .trimEnd()
        .split(/[\r\n]+/)
        .at(-1),
    ).toBe('Redrive of 1 failed rotation: 1 succeeded.');
  });

  it('names the failed rotations after the progress bar', async () => {
    const world = await failedRotation();
    world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });

    const terminal = openCliTerminal(world, ALL);
    await terminal.seen(/1 of 1, 1 not rotated/);
    const { exitCode, screen } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(screen).toContain(
      `${world.secret}\r\nImpact\r\n  Consumers hold an access token that no longer works.`,
    );
  });

  it('asks once about all failures whose cause is not fixed, and does nothing on Ctrl-C', async () => {
    const world = await rejectedClient();

    const terminal = openCliTerminal(world, ALL);
    await terminal.seen(/The cause of 1 of 1 failures does not seem fixed/);
    terminal.type(KEYS.ctrlC);
    const { exitCode } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(world.redrives()).toBe(0);
  });
});
