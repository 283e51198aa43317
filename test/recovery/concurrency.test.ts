import { CancelRotateSecretCommand, CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { GenesysInterceptor } from '../../sandbox/genesys-cloud/interceptor.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

/** Where something can come in between: before a call of a rotation, or after its effect and before its answer. */
interface Boundary {
  readonly call: number;
  readonly side: 'before' | 'after';
}

/** Counts the calls of the functions, of AWS and of Genesys Cloud, and lets something happen beside one of them. */
class Calls {
  /** What was called so far. */
  names: string[] = [];
  #at: Boundary | undefined;
  #happens: () => Promise<unknown> = async () => undefined;

  /** Counts anew. */
  watch(at: Boundary | undefined, happens: () => Promise<unknown>): void {
    this.names = [];
    this.#at = at;
    this.#happens = happens;
  }

  readonly awsInterceptor: AwsInterceptor = ({ caller, service, operation }, next) =>
    caller.functionArn === undefined ? next() : this.#count(`${service}:${operation}`, next);

  readonly genesysInterceptor: GenesysInterceptor = ({ endpoint, grantType }, next) =>
    endpoint === 'users/me' || grantType === 'refresh_token'
      ? this.#count(`genesys:${endpoint}`, next)
      : next();

  async #count<Answer>(name: string, next: () => Promise<Answer>): Promise<Answer> {
    const call = this.names.push(name);
    if (this.#at?.call === call && this.#at.side === 'before') await this.#happens();
    try {
      return await next();
    } finally {
      if (this.#at?.call === call && this.#at.side === 'after') await this.#happens();
    }
  }
}

/** A world whose calls are counted, and how many a rotation makes. */
async function countedWorld(): Promise<{
  world: RecoveryWorld;
  calls: Calls;
  boundaries: readonly Boundary[];
}> {
  const calls = new Calls();
  const world = await recoveryWorld({
    awsInterceptors: [calls.awsInterceptor],
    secretsManager: { retryDelaysMs: [60_000, 60_000] },
  });
  world.sandbox.genesysCloud.intercept(calls.genesysInterceptor);
  const { secretArn } = await world.credential({ secretName: 'genesys/undisturbed' });
  calls.watch(undefined, async () => undefined);
  const { outcome } = await world.rotated(secretArn);
  expect(outcome).toEqual({ status: 'succeeded' });
  const boundaries = calls.names.flatMap((_name, index) => [
    { call: index + 1, side: 'before' } as const,
    { call: index + 1, side: 'after' } as const,
  ]);
  return { world, calls, boundaries };
}

/** The labels that must not stay when a rotation is over: AWSPENDING beside a version that is not AWSCURRENT. */
async function strandedLabels(world: RecoveryWorld, secretArn: string): Promise<string[][]> {
  const labels = Object.values(await world.labels(secretArn));
  return labels.filter(stages => stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT'));
}

describe('an operator who stores a new login between any two calls of a rotation', () => {
  it('keeps it, or has it rotated: the newer credential wins at every boundary', async () => {
    const { world, calls, boundaries } = await countedWorld();
    const { genesysCloud } = world.sandbox;
    const wrong: unknown[] = [];

    for (const boundary of boundaries) {
      const credential = await world.credential({ secretName: `genesys/${boundary.side}-${boundary.call}` });
      const { secretArn, clientId } = credential;
      let stored = 0;
      calls.watch(boundary, async () => {
        stored += 1;
        await world.authorizeAgain(credential);
      });
      await world.rotated(secretArn);
      calls.watch(undefined, async () => undefined);
      await world.sandbox.advance(180_000);

      const [, newLogin] = genesysCloud.lineages(clientId);
      const { refreshToken } = await world.currentValue(secretArn);
      const ofNewLogin = newLogin?.tokens.some(token => token.fingerprint === fingerprintOf(refreshToken));
      const good = await world.currentIsGood(credential);
      const stranded = await strandedLabels(world, secretArn);
      const status = world.executions(secretArn).at(-1)?.status ?? 'none';
      if (stored !== 1 || ofNewLogin !== true || !good || stranded.length > 0 || status === 'FAILED')
        wrong.push({ boundary, stored, ofNewLogin, good, stranded, status, calls: calls.names });
    }

    // Eighteen calls of AWS and two of Genesys Cloud, and maybe a second look at the execution.
    expect(boundaries.length).toBeGreaterThanOrEqual(2 * 20);
    expect(wrong).toEqual([]);
  });
});

describe('a CancelRotateSecret between any two calls of a rotation', () => {
  it('leaves a good credential, and the next rotation goes on from there', async () => {
    const { world, calls, boundaries } = await countedWorld();
    const wrong: unknown[] = [];

    for (const boundary of boundaries) {
      const credential = await world.credential({ secretName: `genesys/${boundary.side}-${boundary.call}` });
      const { secretArn, clientId } = credential;
      await world.sandbox.advance(1_000);
      calls.watch(boundary, () => world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn })));
      await world.rotated(secretArn);
      calls.watch(undefined, async () => undefined);
      await world.sandbox.advance(120_000);
      if ((await strandedLabels(world, secretArn)).length > 0) await world.giveUp(secretArn);
      else world.enable(secretArn);
      const { outcome } = await world.rotated(secretArn);

      const good = await world.currentIsGood(credential);
      const { refusedRefreshes } = world.sandbox.genesysCloud.counts(clientId);
      const stranded = await strandedLabels(world, secretArn);
      if (outcome.status !== 'succeeded' || !good || refusedRefreshes > 0 || stranded.length > 0)
        wrong.push({ boundary, outcome, good, refusedRefreshes, stranded });
    }

    expect(wrong).toEqual([]);
  });
});

describe('callers of one createSecret at the same time', () => {
  it('share one execution and one refresh', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    world.sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms: 3_000 });

    const versionId = await world.rotateSecret(secretArn);
    // Until its Refresh waits for Genesys Cloud.
    await world.sandbox.advance(0);
    const answers = await world.inTime(
      Promise.all([1, 2, 3, 4].map(() => world.invokeStep('createSecret', secretArn, versionId))),
    );
    const outcome = await world.outcome(secretArn, versionId);

    expect(answers).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.executions(secretArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 0 }]);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});

describe('two secrets of one client', () => {
  it('rotate at the same time without touching each other', async () => {
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
    expect(await Promise.all([first, second].map(each => world.currentIsGood(each)))).toEqual([true, true]);
    expect(genesysCloud.counts(first.clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: 0 });
    expect(genesysCloud.lineages(first.clientId)).toHaveLength(2);
  });
});

describe('a rotation function whose time is over before its execution is', () => {
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
    // The first retry finds a function that crashes, the second one attaches.
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
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});

/** Another login with the client of a credential, in a secret of its own. */
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
