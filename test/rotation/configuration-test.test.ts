import { describe, expect, it } from 'vitest';
import { failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

describe('RotateSecret with RotateImmediately=false', () => {
  it('tests the configuration and changes nothing, even when the access token has expired', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const lasting = await world.credential({ secretName: 'genesys/lasting' });
    const expired = await world.credential({ secretName: 'genesys/expired', tokenDurationSeconds: 300 });
    sandbox.clock.advance(301_000);

    const tests = await Promise.all(
      [lasting, expired].map(async ({ secretArn }) => {
        const before = { value: await world.currentValue(secretArn), labels: await world.labels(secretArn) };
        const versionId = await world.rotateSecret(secretArn, { immediately: false });
        const outcome = await world.outcome(secretArn, versionId);
        const after = { value: await world.currentValue(secretArn), labels: await world.labels(secretArn) };
        expect(after).toEqual(before);
        return { outcome, execution: await world.execution(versionId) };
      }),
    );

    expect(tests).toMatchObject([
      {
        outcome: { status: 'succeeded' },
        execution: {
          status: 'SUCCEEDED',
          name: expect.stringMatching(/^genesys-lasting-[0-9a-f-]+-check$/),
        },
      },
      {
        outcome: { status: 'succeeded' },
        execution: {
          status: 'SUCCEEDED',
          name: expect.stringMatching(/^genesys-expired-[0-9a-f-]+-check$/),
        },
      },
    ]);
    expect(tests.map(({ execution }) => statesOf(execution))).toEqual([
      ['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked'],
      ['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked'],
    ]);
    expect(await world.statusOfCurrentUser(lasting.accessToken)).toBe(200);
    expect(await world.statusOfCurrentUser(expired.accessToken)).toBe(401);
    expect(sandbox.secretsManager.secrets().map(({ versions }) => versions.length)).toEqual([1, 1]);
    expect(sandbox.genesysCloud.counts().refreshes).toBe(0);
  });

  it('fails with ClientRejected when the client secret is wrong, and changes nothing', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    sandbox.genesysCloud.regenerateClientSecret(clientId);
    const before = { value: await world.currentValue(secretArn), labels: await world.labels(secretArn) };

    const versionId = await world.rotateSecret(secretArn, { immediately: false });
    const outcome = await world.outcome(secretArn, versionId);

    const execution = await world.execution(versionId);
    expect(outcome).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^Error when executing lambda \S+ during testSecret step$/),
      cause: { errorType: 'RotationFailed', errorMessage: expect.stringContaining('ClientRejected') },
    });
    expect(failureOf(execution)).toMatchObject({ state: 'CheckConfiguration', error: 'ClientRejected' });
    expect({ value: await world.currentValue(secretArn), labels: await world.labels(secretArn) }).toEqual(
      before,
    );
    expect(sandbox.secretsManager.secret(secretArn)?.versions).toHaveLength(1);
    expect(sandbox.genesysCloud.counts(clientId).refreshes).toBe(0);
  });
});
