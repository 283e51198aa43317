import { describe, expect, it } from 'vitest';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { openCliTerminal } from '../helpers/cli-terminal.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const UNAVAILABLE = { status: 503, headers: {}, body: '' };

const shared = sharedWorld(async onCleanup => {
  const world = await rotationWorld(
    { virtualTime: false, events: { rules: 'none' }, secretsManager: { retryDelaysMs: [] } },
    onCleanup,
  );
  skipRetryDelays(world.sandbox);
  return world;
});

describe('history', () => {
  it('shows a rotation that failed and was redriven, and one that succeeded at the first attempt', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'crm/genesys' });
    await world.rotate(secretArn);
    world.sandbox.clock.advance(60_000);
    const restoreService = world.refreshesRespondWith(UNAVAILABLE);
    const { execution: failed } = await world.rotate(secretArn);
    restoreService();
    await world.redrive(failed);

    const { exitCode, result } = await runCliForJson(world.sandbox, ['history', 'crm/genesys'], {
      ownProcess: true,
    });
    const asTable = await runCli(world.sandbox, ['history', secretArn]);

    expect(exitCode).toBe(0);
    const past = { status: 'SUCCEEDED', result: 'rotated', durationMs: expect.any(Number) };
    expect(result).toMatchObject({
      secret: 'crm/genesys',
      rotations: [
        {
          ...past,
          execution: failed.executionArn,
          redriveCount: 1,
          redrivenAt: [expect.any(String)],
          tokenGapMs: expect.any(Number),
          failures: [
            {
              state: 'Refresh',
              error: 'GenesysUnavailable',
              message: expect.stringContaining(secretArn),
            },
          ],
        },
        { ...past, redriveCount: 0, redrivenAt: [], tokenGapMs: expect.any(Number), failures: [] },
      ],
    });
    expect(asTable.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(asTable.stdout).toContain('Refresh: GenesysUnavailable');
    expect(asTable.stdout).not.toContain('\u001b');
  });

  it('shows a rotation that is still failed, and one that was superseded', async () => {
    const world = shared();
    const credential = await world.credential({ secretName: 'crm/superseded' });
    world.before('promote', () => world.authorizeAgain(credential));
    await world.rotate(credential.secretArn);
    world.sandbox.clock.advance(60_000);
    world.revokeUserOf(credential.clientId);
    await world.rotate(credential.secretArn);

    const { result } = await runCliForJson(world.sandbox, ['history', credential.secretArn]);

    expect(result).toMatchObject({
      rotations: [
        {
          status: 'FAILED',
          result: 'failed',
          tokenGapMs: null,
          failures: [{ state: 'Refresh', error: 'RefreshTokenRejected' }],
        },
        { status: 'SUCCEEDED', result: 'superseded', tokenGapMs: null, failures: [] },
      ],
    });
  });

  it('prints a coloured table on a terminal', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'crm/coloured' });
    await world.rotate(secretArn);

    const { exitCode, screen, raw } = await openCliTerminal(world, ['history', 'crm/coloured']).ended;

    expect(exitCode).toBe(0);
    expect(screen).toMatch(/STARTED +DURATION +RESULT/);
    expect(raw).toContain('\u001b[32mrotated\u001b[39m');
  });

  it('lists the rotations of one secret up to the limit', async () => {
    const world = shared();
    const one = await world.credential({ secretName: 'one' });
    const other = await world.credential({ secretName: 'other' });
    await world.rotate(one.secretArn);
    world.sandbox.clock.advance(60_000);
    const last = await world.rotate(one.secretArn);
    await world.rotate(other.secretArn);

    const { result } = await runCliForJson(world.sandbox, ['history', 'one', '--limit', '1']);

    expect(result).toMatchObject({ rotations: [{ execution: last.execution.executionArn }] });
    expect(result).toHaveProperty('rotations.length', 1);
  });

  it.each(['0', '1.5', 'many'])('refuses the limit %s', async limit => {
    const { sandbox } = shared();

    const { exitCode, stderr } = await runCli(sandbox, ['history', 'one', '--limit', limit]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('--limit');
  });
});
