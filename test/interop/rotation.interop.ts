import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaksIn } from '../../bench/leaks.ts';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { type EmulatedWorld, emulatedWorld } from './emulated-world.ts';

const ROTATION = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];
const CONFIGURATION_TEST = ['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked'];

let world: EmulatedWorld;

beforeAll(async () => {
  world = await emulatedWorld();
});

afterAll(async () => {
  await world.close();
});

describe('the stack on ministack', () => {
  it('tests the configuration without an exchange, and rotates', async () => {
    const credential = await world.credential('interop/rotation');
    const exchangesOfTest = world.genesysCloud.counts(credential.clientId).refreshes;

    const failure = await world.rotate(credential);

    expect([exchangesOfTest, failure]).toEqual([0, undefined]);
    expect(await world.statesOf(credential)).toEqual([CONFIGURATION_TEST, ROTATION]);
    expect(await world.labels(credential)).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
  });

  it('completes a rotation that failed in Verify at the next attempt, with the same tokens', async () => {
    const credential = await world.credential('interop/verify');
    const { clientId, secretArn } = credential;
    const userId = world.genesysCloud.lineages(clientId)[0]?.userId ?? '';
    world.genesysCloud.setUserAccess(userId, 'missing.permissions');

    const first = await world.rotate(credential);
    world.genesysCloud.setUserAccess(userId, 'permitted');
    const second = await world.bridge.attemptAgain(secretArn);

    expect([first, second]).toEqual(['RotationFailed', undefined]);
    expect(await world.statesOf(credential)).toEqual([CONFIGURATION_TEST, ROTATION.slice(0, 5), ROTATION]);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId).refreshes).toBe(1);
  });

  it('fails in Refresh when the refresh token is dead, and rotates after a new login', async () => {
    const credential = await world.credential('interop/dead');
    const { clientId, secretArn } = credential;
    world.genesysCloud.revokeLineage(world.genesysCloud.lineages(clientId)[0]?.id ?? '');

    const first = await world.rotate(credential);
    await world.put(secretArn, {
      ...(await world.currentValue(secretArn)),
      ...(await world.logIn(credential)),
    });
    const second = await world.bridge.attemptAgain(secretArn);

    expect([first, second]).toEqual(['RotationFailed', undefined]);
    expect(await world.statesOf(credential)).toEqual([CONFIGURATION_TEST, ROTATION.slice(0, 3), ROTATION]);
    expect(await world.consumerStatus(credential)).toBe(200);
  });

  it('stands down for a login during the rotation', async () => {
    const credential = await world.credential('interop/login');
    const { clientId, secretArn } = credential;
    const login = await world.logIn(credential);
    const value = { ...(await world.currentValue(secretArn)), ...login };
    world.onceDuring('token', clientId, () => world.put(secretArn, value));

    await world.rotate(credential);

    expect((await world.statesOf(credential)).at(-1)).toEqual([
      ...ROTATION.slice(0, 4),
      'StandDown',
      'Superseded',
    ]);
    expect(await world.currentValue(secretArn)).toEqual(value);
    expect(await world.consumerStatus(credential)).toBe(200);
  });

  it('keeps a key that is edited during the rotation', async () => {
    const credential = await world.credential('interop/edit');
    const { clientId, secretArn } = credential;
    const before = await world.currentValue(secretArn);
    world.onceDuring('users/me', clientId, () => world.put(secretArn, { ...before, note: 'edited' }));

    const failure = await world.rotate(credential);

    const after = await world.currentValue(secretArn);
    expect([failure, after.note]).toEqual([undefined, 'edited']);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId).refreshes).toBe(1);
  });

  it('finds the newest token from an old value that is written back', async () => {
    const credential = await world.credential('interop/old-value');
    const { clientId, secretArn } = credential;
    const seed = await world.currentValue(secretArn);
    const rotations = [await world.rotate(credential), await world.rotate(credential)];
    await world.put(secretArn, seed);

    rotations.push(await world.rotate(credential));

    expect(rotations).toEqual([undefined, undefined, undefined]);
    expect(await world.consumerStatus(credential)).toBe(200);
    expect(world.genesysCloud.counts(clientId)).toMatchObject({ refusedRefreshes: 0 });
  });

  it('runs the program: status, rotate and history', async () => {
    const credential = await world.credential('interop/program');
    const { secretArn } = credential;

    const rotate = await world.cli('rotate', 'interop/program');
    const status = await world.cli('status', 'interop/program');
    const history = await world.cli('history', 'interop/program');

    expect(rotate).toMatchObject({ exitCode: 0, stderr: '' });
    expect(status).toMatchObject({
      exitCode: 0,
      stderr: '',
      result: [{ arn: secretArn, health: 'healthy' }],
    });
    expect(history).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('reports a failed rotation with the program', async () => {
    const credential = await world.credential('interop/failure');
    world.genesysCloud.deleteClient(credential.clientId);

    const rotate = await world.cli('rotate', 'interop/failure');
    const status = await world.cli('status', 'interop/failure');
    const history = await world.cli('history', 'interop/failure');

    expect({ rotate, status, history }).toEqual({});
  });

  it('handlers', async () => {
    const results = await Promise.all(FUNCTION_NAMES.map(name => world.invoke(name, {})));
    expect(results).toEqual([]);
  });

  it('keeps tokens and client secrets out of executions, logs and the journal', async () => {
    const written = await world.written();

    expect(written.executions).toContain('sealedPair');
    expect(written.logs).toContain('RotationFailed');
    expect(written.journal).toContain('lineage#');
    expect(leaksIn(JSON.stringify(written), world.genesysCloud.issuedValues())).toEqual([]);
  });
});
