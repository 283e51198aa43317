import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { abandonRotation } from '../helpers/abandoned-rotation.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const SERVER_ERROR = { status: 500, headers: {}, body: '' };

const shared = sharedWorld(async onCleanup => {
  const world = await rotationWorld(
    { virtualTime: false, events: { rules: 'none' }, secretsManager: { retryDelaysMs: [] } },
    onCleanup,
  );
  skipRetryDelays(world.sandbox);
  return world;
});

/** A secret whose failed rotation may hold the new tokens, and whose next rotation has not started yet. */
async function unsettledSecret(secretName: string) {
  const world = shared();
  const { secretArn } = await world.credential({ secretName });
  const restoreService = world.refreshesRespondWith(SERVER_ERROR);
  const { execution: owner } = await world.rotate(secretArn);
  restoreService();
  expect(owner.failure?.error).toBe('TokenResponseLost');
  await abandonRotation(world.secrets, secretArn);
  world.sandbox.clock.advance(60_000);
  return { world, sandbox: world.sandbox, secretArn, owner: owner.executionArn };
}

describe('an exchange whose result may be in another execution', () => {
  it('is settled by the rotation function, which redrives that execution first, while rotate follows', async () => {
    const { sandbox, owner } = await unsettledSecret('crm/followed');

    const { exitCode, stderr, result } = await runCliForJson(sandbox, ['rotate', 'crm/followed']);

    expect({ exitCode, stderr }).toEqual({ exitCode: EXIT_CODES.done.code, stderr: '' });
    expect(result).toMatchObject({ outcome: 'rotated' });
    const { states } = result as { states: { state: string }[] };
    expect(states.map(({ state }) => state)).toEqual([
      'Fetch',
      'Route',
      'Refresh',
      ...['Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'],
    ]);
    expect(sandbox.stepFunctions.execution(owner)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  });

  it('makes redrive refuse the newer execution before that execution', async () => {
    const { sandbox, owner } = await unsettledSecret('crm/newcomer');
    sandbox.faults.add({ target: 'states:RedriveExecution', kind: 'access-denied', by: 'rotation' });
    onTestFinished(() => sandbox.faults.clear());
    const failed = await runCliForJson(sandbox, ['rotate', 'crm/newcomer', '--timeout', '5']);
    const { execution } = failed.result as { execution: string };
    sandbox.faults.clear();

    const refused = await runCli(sandbox, ['redrive', 'crm/newcomer']);
    const first = await runCli(sandbox, ['redrive', owner, '--force']);
    const then = await runCliForJson(sandbox, ['redrive', 'crm/newcomer']);
    const anyway = await runCliForJson(sandbox, ['redrive', execution]);

    expect(failed.result).toMatchObject({ outcome: 'failed', error: 'ExchangeUnsettled' });
    expect(refused.exitCode).toBe(EXIT_CODES.refused.code);
    expect(refused.stderr).toContain(`Redrive it first: genesys-token-rotation redrive ${owner}`);
    expect(first.exitCode).toBe(EXIT_CODES.done.code);
    expect(then.exitCode).toBe(EXIT_CODES.done.code);
    expect(then.result).toMatchObject({ outcome: 'nothingToRedrive' });
    expect(anyway.exitCode).toBe(EXIT_CODES.done.code);
    expect(anyway.result).toMatchObject({ outcome: 'rotated', cause: { looks: 'gone' } });
  });
});

describe('a secret with the login of another secret', () => {
  it('can be redriven after a new login for it, not after a login for the other secret', async () => {
    const world = shared();
    const { sandbox } = world;
    const owner = await world.credential({ secretName: 'crm/owner' });
    const copy = await world.credential({ secretName: 'crm/copy' });
    await world.put(copy.secretArn, await world.currentValue(owner.secretArn));
    await world.rotate(owner.secretArn);
    const { execution } = await world.rotate(copy.secretArn);
    expect(execution.failure?.error).toBe('SharedLogin');

    await world.authorizeAgain(owner);
    const refused = await runCli(sandbox, ['redrive', 'crm/copy']);
    const forced = await runCliForJson(sandbox, ['redrive', 'crm/copy', '--force']);
    sandbox.clock.advance(1_000);
    await world.authorizeAgain({ ...owner, secretArn: copy.secretArn });
    const after = await runCli(sandbox, ['redrive', 'crm/copy']);

    expect(refused.exitCode).toBe(EXIT_CODES.refused.code);
    expect(refused.stderr).toContain(`genesys-token-rotation authorize crm/copy`);
    expect(forced.result).toMatchObject({ outcome: 'failed', error: 'SharedLogin' });
    expect(after.exitCode).toBe(EXIT_CODES.done.code);
  });
});
