import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaksIn } from '../../bench/leaks.ts';
import { deployedFunctionNames } from '../../infra/function-list.ts';
import { commandsWithOutput, missingIn } from '../docs/first-account.ts';
import { type EmulatedWorld, emulatedWorld } from './emulated-world.ts';

const ROTATION = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];
const CONFIGURATION_TEST = ['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked'];

let world: EmulatedWorld;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  world = await emulatedWorld(cleanup => cleanups.push(cleanup));
});

afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

describe('the commands of docs/first-account.md', () => {
  it.each([
    ['npx cdk bootstrap', () => world.bootstrapOutput],
    ['npm run deploy', () => world.deployOutput],
  ])('%s prints the output on the page', (command, output) => {
    expect(missingIn(output(), expectedOf(command))).toEqual([]);
  });
});

describe("a function under AWS's runtime client", () => {
  it.each(deployedFunctionNames({}).filter(name => name !== 'overdue-check'))(
    'loads %s, which returns and logs the type of its error',
    async name => {
      const error = await world.errorOf(name, {});

      expect(error).toEqual({ returned: 'InvalidRotationRequest', logged: ['InvalidRotationRequest'] });
    },
  );

  it('loads overdue-check, which accepts any event', async () => {
    await expect(world.invoke('overdue-check', {})).resolves.toMatchObject({ overdue: 0 });
  });
});

describe.concurrent('the stack on ministack', () => {
  it('tests the configuration without an exchange, and rotates', async () => {
    const credential = await world.credential('interop/rotation');
    const exchangesOfTest = world.genesysCloud.counts(credential.clientId).refreshes;

    const failure = await world.rotate(credential);

    expect([exchangesOfTest, failure]).toEqual([0, undefined]);
    expect(await world.executionsOf(credential)).toEqual([CONFIGURATION_TEST, ROTATION]);
    expect(await world.labels(credential)).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
  });

  it('completes a rotation that failed in Verify on the next attempt, with the same tokens', async () => {
    const credential = await world.credential('interop/verify');
    const { clientId, secretArn } = credential;
    const userId = world.genesysCloud.lineages(clientId)[0]?.userId ?? '';
    world.genesysCloud.setUserAccess(userId, 'missing.permissions');

    const first = await world.rotate(credential);
    world.genesysCloud.setUserAccess(userId, 'permitted');
    const second = await world.bridge.attemptAgain(secretArn);

    expect([first, second]).toEqual(['RotationFailed', undefined]);
    expect(await world.executionsOf(credential)).toEqual([
      CONFIGURATION_TEST,
      ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'AccessTokenForbidden'],
      ROTATION,
    ]);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId).refreshes).toBe(1);
  });

  it('fails in Refresh when the refresh token no longer works, and rotates after a new login', async () => {
    const credential = await world.credential('interop/revoked');
    const { clientId, secretArn } = credential;
    world.genesysCloud.revokeLineage(world.genesysCloud.lineages(clientId)[0]?.id ?? '');

    const first = await world.rotate(credential);
    await world.put(secretArn, {
      ...(await world.currentValue(secretArn)),
      ...(await world.logIn(credential)),
    });
    const second = await world.bridge.attemptAgain(secretArn);

    expect([first, second]).toEqual(['RotationFailed', undefined]);
    expect(await world.executionsOf(credential)).toEqual([
      CONFIGURATION_TEST,
      ['Fetch', 'Route', 'Refresh', 'RefreshTokenRejected'],
      ROTATION,
    ]);
    expect(await world.consumerStatus(credential)).toBe(200);
  });

  it('stands down for a login during the rotation', async () => {
    const credential = await world.credential('interop/login');
    const { clientId, secretArn } = credential;
    const value = { ...(await world.currentValue(secretArn)), ...(await world.logIn(credential)) };
    world.beforeNextResponse('token', clientId, () => world.put(secretArn, value));

    await world.rotate(credential);

    expect(await world.executionsOf(credential)).toEqual([
      CONFIGURATION_TEST,
      ['Fetch', 'Route', 'Refresh', 'StorePending', 'StandDown', 'Superseded'],
    ]);
    expect(await world.currentValue(secretArn)).toEqual(value);
    expect(await world.consumerStatus(credential)).toBe(200);
  });

  it('keeps a key that is edited during the rotation', async () => {
    const credential = await world.credential('interop/edit');
    const { clientId, secretArn } = credential;
    const before = await world.currentValue(secretArn);
    world.beforeNextResponse('users/me', clientId, () => world.put(secretArn, { ...before, note: 'edited' }));

    const failure = await world.rotate(credential);

    const after = await world.currentValue(secretArn);
    expect([failure, after.note]).toEqual([undefined, 'edited']);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId).refreshes).toBe(1);
  });

  it('finds the newest token when an old value is written back', async () => {
    const credential = await world.credential('interop/old-value');
    const { clientId, secretArn } = credential;
    const seed = await world.currentValue(secretArn);
    const failures = [await world.rotate(credential), await world.rotate(credential)];
    const newest = await world.currentValue(secretArn);
    await world.put(secretArn, seed);
    const refused = world.genesysCloud.counts(clientId).refusedRefreshes;

    failures.push(await world.rotate(credential));

    expect(failures).toEqual([undefined, undefined, undefined]);
    expect(await world.currentValue(secretArn)).toEqual(newest);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: refused });
  });

  it('works with the commands rotate, status and history', async () => {
    const { secretArn } = await world.credential('interop/program');

    const rotate = await world.cli('rotate', 'interop/program');
    await world.bridge.failure(secretArn);
    const status = await world.cli('status', 'interop/program');
    const history = await world.cli('history', 'interop/program');

    expect(rotate).toMatchObject({ exitCode: 0, result: { outcome: 'rotated' } });
    expect(status).toMatchObject({
      exitCode: 0,
      result: { credentials: [{ arn: secretArn, health: 'healthy', pendingVersionId: null }] },
    });
    expect(history).toMatchObject({
      exitCode: 0,
      result: { rotations: [{ result: 'rotated' }, { result: 'configuration tested' }] },
    });
  });

  it('is reported as broken by these commands when Genesys Cloud rejects the client', async () => {
    const { secretArn, clientId } = await world.credential('interop/failure');
    world.genesysCloud.deleteClient(clientId);

    const rotate = await world.cli('rotate', 'interop/failure');
    await world.bridge.failure(secretArn);
    const status = await world.cli('status', 'interop/failure');
    const history = await world.cli('history', 'interop/failure');

    expect(rotate).toMatchObject({ exitCode: 3, result: { state: 'Refresh', error: 'ClientRejected' } });
    expect(status).toMatchObject({
      exitCode: 4,
      result: { credentials: [{ arn: secretArn, execution: { state: 'Refresh', error: 'ClientRejected' } }] },
    });
    expect(history).toMatchObject({
      exitCode: 0,
      result: { rotations: [{ result: 'failed' }, { result: 'configuration tested' }] },
    });
  });
});

describe('the stack on ministack, after these tests', () => {
  it('has left no token and no client secret in executions, logs or the journal', async () => {
    const written = await world.written();

    expect(written.executions).toContain('sealedPair');
    expect(written.logs).toContain('AccessTokenForbidden');
    expect(written.journal).toContain('lineage#');
    expect(leaksIn(JSON.stringify(written), world.genesysCloud.issuedValues())).toEqual([]);
  });

  it('is destroyed as described in docs/first-account.md', async () => {
    const output = await world.destroy();

    expect(missingIn(output, expectedOf('aws secretsmanager delete-secret').slice(1))).toEqual([]);
  });
});

/** The output on the page of the command that starts with a prefix. */
function expectedOf(prefix: string): readonly string[] {
  const found = commandsWithOutput().find(({ command }) => command.startsWith(prefix));
  if (found === undefined || found.expected.length === 0) throw new Error(`No output of ${prefix}.`);
  return found.expected;
}
