import { CancelRotateSecretCommand, CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import type { StepResult } from '../rotation/rotation-world.ts';
import { countedWorld } from './boundaries.ts';
import { expectSaved, pendingElsewhere } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

describe('an operator who stores a new login between any two calls of a rotation', () => {
  it('keeps the newer login, or the rotation continues with it, at every boundary', async () => {
    const { world, calls, boundaries } = await countedWorld({ genesysCloud: { reuseRevokesLineage: true } });

    for (const boundary of boundaries) {
      const { call, side } = boundary;
      const credential = await world.credential({ secretName: `genesys/${side}-${call}` });
      const { secretArn, clientId } = credential;
      let stored = 0;
      calls.watch(boundary, async () => {
        stored++;
        await world.authorizeAgain(credential);
      });
      await world.rotated(secretArn);
      const name = `${side} call ${call}, ${calls.names[call - 1]}`;
      calls.reset();
      await world.sandbox.advance(180_000);

      expect(stored, name).toBe(1);
      const last = world.executions(secretArn).at(-1);
      // A login before Fetch ends the rotation in Fetch, before anything is spent: see the next test.
      if (last?.stateName !== 'Fetch') expect(last?.status ?? 'none', name).not.toBe('FAILED');
      const { refreshes } = world.sandbox.genesysCloud.counts(clientId);
      expect(refreshes, name).toBeLessThanOrEqual(2);
      await expectSaved(world, credential, { login: 2, refreshes });
    }
  });

  it.each(['removed', 'kept'] as const)(
    'does not fail the execution when the login comes right before Fetch and the write leaves AWSPENDING %s',
    async pendingAfterForeignWrite => {
      const world = await recoveryWorld({ secretsManager: { pendingAfterForeignWrite } });
      const credential = await world.credential();
      const { secretArn } = credential;
      world.before('fetch', () => world.authorizeAgain(credential));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution.status).toBe('SUCCEEDED');
    },
  );
});

describe('a CancelRotateSecret between any two calls of a rotation', () => {
  it('leaves a working credential, from which the next rotation continues', async () => {
    const { world, calls, boundaries } = await countedWorld({ genesysCloud: { reuseRevokesLineage: true } });

    for (const boundary of boundaries) {
      const { call, side } = boundary;
      const credential = await world.credential({ secretName: `genesys/${side}-${call}` });
      const { secretArn, clientId } = credential;
      calls.watch(boundary, () => world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn })));
      await world.rotated(secretArn);
      calls.reset();
      await world.sandbox.advance(120_000);
      if ((await pendingElsewhere(world, secretArn)) === undefined) world.enable(secretArn);
      else await world.giveUp(secretArn);

      const { refreshes } = world.sandbox.genesysCloud.counts(clientId);
      expect(refreshes, `${side} call ${call}`).toBeLessThanOrEqual(1);
      await expectSaved(world, credential, { refreshes });
    }
  });
});

describe('createSecret, testSecret and finishSecret, called again between any two calls of a rotation', () => {
  it('spend nothing, promote nothing twice, and do not fail the rotation', async () => {
    const { world, calls, boundaries } = await countedWorld({
      genesysCloud: { reuseRevokesLineage: true },
      // The repeated calls have no RotationToken, and one of them may start the execution.
      secretsManager: { readLagMs: 0, foreignWriter: 'accepted' },
    });
    const steps = ['createSecret', 'testSecret', 'finishSecret'] as const;

    for (const boundary of boundaries) {
      const { call, side } = boundary;
      const credential = await world.credential({ secretName: `genesys/${side}-${call}` });
      const { secretArn } = credential;
      let responses: Promise<StepResult[]> = Promise.resolve([]);
      calls.watch(boundary, async () => {
        const versionId = (await world.versionWith(secretArn, 'AWSPENDING')) ?? '';
        responses = Promise.all(steps.map(step => world.invokeStep(step, secretArn, versionId)));
      });
      const { outcome } = await world.rotated(secretArn);
      const name = `${side} call ${call}, ${calls.names[call - 1]}`;
      calls.reset();

      expect(outcome, name).toEqual({ status: 'succeeded' });
      // Before the execution exists, finishSecret has nothing to confirm, and testSecret tests the configuration.
      for (const response of await responses) {
        if (response !== 'succeeded') expect(response.error, name).toBe('InvalidRotationRequest');
      }
      const executions = world.executions(secretArn);
      const checks = executions.filter(execution => execution.name.endsWith('-check'));
      const rotations = executions.filter(execution => !checks.includes(execution));
      expect(rotations, name).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 0 }]);
      // A configuration test presents a refresh token that was never issued.
      await expectSaved(world, credential, { refreshes: 1, refusedRefreshes: checks.length });
    }
  });
});

describe('parallel calls of createSecret', () => {
  it('share one execution and one refresh', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    world.sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms: 3_000 });

    const versionId = await world.rotateSecret(secretArn);
    // Runs until Refresh waits for Genesys Cloud.
    await world.sandbox.advance(0);
    const responses = await world.inTime(
      Promise.all([1, 2, 3, 4].map(() => world.invokeStep('createSecret', secretArn, versionId))),
    );
    const outcome = await world.outcome(secretArn, versionId);

    expect(responses).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.executions(secretArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 0 }]);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.currentWorks(credential)).toBe(true);
  });
});

describe('two secrets of one client', () => {
  it('rotate at the same time without affecting each other', async () => {
    const world = await recoveryWorld();
    const { genesysCloud, secretsManager, rotationFunctionArn } = world.sandbox;
    const first = await world.credential();
    const second = await secondLogin(world, first);
    secretsManager.enableRotation(second.secretArn, rotationFunctionArn, {
      ScheduleExpression: 'rate(8 hours)',
    });

    const versionIds = await Promise.all(
      [first, second].map(({ secretArn }) => world.rotateSecret(secretArn)),
    );
    const outcomes = await world.inTime(
      Promise.all(
        [first, second].map(({ secretArn }, index) => world.outcome(secretArn, versionIds[index] ?? '')),
      ),
    );

    expect(outcomes).toEqual([{ status: 'succeeded' }, { status: 'succeeded' }]);
    expect(await Promise.all([first, second].map(each => world.currentWorks(each)))).toEqual([true, true]);
    expect(genesysCloud.counts(first.clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: 0 });
    expect(genesysCloud.lineages(first.clientId)).toHaveLength(2);
  });
});

describe('a rotation function that runs out of time before its execution closes', () => {
  it('leaves the execution running, and the retry attaches to it', async () => {
    const world = await recoveryWorld({
      secretsManager: { retryDelaysMs: [2_000, 2_000], staleRotationToken: 'accepted' },
    });
    const { sandbox } = world;
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const definition = JSON.parse(sandbox.stack.stateMachines[0]?.definition ?? '{}');
    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, {
      ...definition,
      StartAt: 'Hold',
      States: { ...definition.States, Hold: { Type: 'Wait', Seconds: 70, Next: definition.StartAt } },
    });

    const { versionId, outcome } = await world.rotated(secretArn);
    const meanwhile = world.executions(secretArn).map(({ status }) => status);
    // In the first retry the function crashes. The second one attaches.
    sandbox.faults.add({ target: 'lambda:rotation', kind: 'crash-before', when: { nth: 1 } });
    await sandbox.advance(2_000);
    const crashed = await world.outcome(secretArn, versionId);
    await sandbox.advance(2_000);
    const retried = await world.outcome(secretArn, versionId);

    expect(outcome).toMatchObject({ status: 'failed', cause: { errorType: 'RotationStillRunning' } });
    expect(meanwhile).toEqual(['RUNNING']);
    expect(crashed).toMatchObject({ status: 'failed', cause: { errorType: 'Runtime.ExitError' } });
    expect(retried).toEqual({ status: 'succeeded' });
    expect(world.executions(secretArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 0 }]);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.currentWorks(credential)).toBe(true);
  });
});

/** Another login with the client of a credential, in its own secret. */
async function secondLogin(world: RecoveryWorld, first: FirstCredential): Promise<{ secretArn: string }> {
  const { clientId, clientSecret } = first;
  const { accessToken, refreshToken } = await authorizeCode({
    loginUrl: world.sandbox.genesysCloud.loginUrl,
    ...first,
  });
  const { ARN = '' } = await world.secrets.send(
    new CreateSecretCommand({
      Name: 'genesys/second',
      SecretString: JSON.stringify({ clientId, clientSecret, accessToken, refreshToken }),
    }),
  );
  return { secretArn: ARN };
}
