import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { KEYS, openCliTerminal } from '../helpers/cli-terminal.ts';
import { redriveWorld } from './redrive-world.ts';

const { world, failedRotation, rejectedClient } = redriveWorld();

describe('redrive', () => {
  it('resumes in the state that failed when the secret is named', async () => {
    const { sandbox, secret, execution } = await failedRotation();

    const { exitCode, result } = await runCliForJson(sandbox, ['redrive', secret], { ownProcess: true });

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result).toMatchObject({ execution, outcome: 'rotated', cause: { looks: 'unknown' } });
    const { states } = result as { states: { state: string }[] };
    expect(states.map(({ state }) => state)).toEqual(['StorePending', 'Verify', 'Promote', 'Rotated']);
  });

  it('accepts the ARN of an execution, and does nothing once it has succeeded', async () => {
    const { sandbox, secret, execution } = await failedRotation();

    const first = await runCli(sandbox, ['redrive', execution]);
    const again = await runCliForJson(sandbox, ['redrive', secret]);

    expect(first.exitCode).toBe(EXIT_CODES.done.code);
    expect(first.stdout).toContain('Rotated');
    expect(again.exitCode).toBe(EXIT_CODES.done.code);
    expect(again.result).toMatchObject({ outcome: 'nothingToRedrive' });
  });

  it('refuses without a terminal while the cause is not fixed, and redrives with --force', async () => {
    const { sandbox, secret } = await rejectedClient();

    const refused = await runCli(sandbox, ['redrive', secret]);
    const forced = await runCliForJson(sandbox, ['redrive', secret, '--force']);

    expect(refused.exitCode).toBe(EXIT_CODES.refused.code);
    expect(forced.exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(forced.result).toMatchObject({ outcome: 'failed', error: 'ClientRejected' });
  });

  it('reports an execution that does not exist', async () => {
    const { sandbox } = world();
    const arn = `${sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:none`;

    const { exitCode, stderr } = await runCli(sandbox, ['redrive', arn]);

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toContain(`There is no execution ${arn}`);
  });

  it.each([
    ['neither', []],
    ['both', ['genesys/some', '--all']],
  ])('requires either a secret or --all, not %s', async (_what, args) => {
    const { sandbox } = world();

    expect((await runCli(sandbox, ['redrive', ...args])).exitCode).toBe(EXIT_CODES.usage.code);
  });
});

describe('redrive on a terminal', () => {
  it('asks if the cause is not fixed, and does nothing without confirmation', async () => {
    const failed = await rejectedClient();
    const terminal = openCliTerminal(failed, ['redrive', failed.secret]);

    await terminal.seen(/Redrive anyway\?/);
    terminal.type(KEYS.enter);
    const { exitCode } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(failed.redrives()).toBe(0);
  });

  it('redrives after confirmation', async () => {
    const failed = await rejectedClient();
    const terminal = openCliTerminal(failed, ['redrive', failed.secret]);

    await terminal.seen(/Redrive anyway\?/);
    terminal.type('y');
    const { exitCode } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.rotationFailed.code);
    expect(failed.redrives()).toBe(1);
  });

  it('does nothing on Ctrl-C', async () => {
    const failed = await rejectedClient();
    const terminal = openCliTerminal(failed, ['redrive', failed.secret]);

    await terminal.seen(/Redrive anyway\?/);
    terminal.type(KEYS.ctrlC);
    const { exitCode, screen } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(screen).toContain('Interrupted. Nothing was redriven.');
    expect(failed.redrives()).toBe(0);
  });
});
