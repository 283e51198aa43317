import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, vi } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { runCliForJson } from '../helpers/cli.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { type RotationWorld, rotationWorld } from '../rotation/rotation-world.ts';

const shared = sharedWorld(async onCleanup => {
  const world = await rotationWorld(
    { virtualTime: false, events: { rules: 'patterns' }, secretsManager: { retryDelaysMs: [] } },
    onCleanup,
  );
  skipRetryDelays(world.sandbox);
  return world;
});

const WORKS = 'Consumers hold a working access token.';
const NO_LONGER_WORKS = 'Consumers hold an access token that no longer works.';
/** The impact in the message: the function that sends it may not test the token. */
const MAY_NOT_WORK = 'Consumers may hold an access token that no longer works (unverified).';

const NOT_INVALIDATED =
  'Consumers keep their access token (unverified). This rotation has not invalidated it.';

interface Situation {
  readonly what: string;
  /** Active until the end of the situation, unless `isFaultGone`. */
  readonly fault?: Parameters<RotationWorld['sandbox']['faults']['add']>[0];
  readonly isFaultGone?: true;
  /** Genesys Cloud's response to every call of `users/me`. */
  readonly usersResponse?: Parameters<RotationWorld['usersRespondWith']>[0];
  readonly before?: (world: RotationWorld, credential: FirstCredential) => unknown;
  readonly after?: (world: RotationWorld, credential: FirstCredential) => unknown;
  readonly state: string;
  readonly error: string;
  readonly health: string;
  readonly impact: string;
  readonly notified: string;
  readonly commands: readonly (string | null)[];
  /** The exit code of `redrive` in this situation. */
  readonly redrive: keyof typeof EXIT_CODES;
}

const SITUATIONS: readonly Situation[] = [
  {
    what: 'KMS denies StorePending access after the refresh',
    fault: { target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' },
    state: 'StorePending',
    error: 'AccessDeniedException',
    health: 'expired',
    impact: NO_LONGER_WORKS,
    notified: MAY_NOT_WORK,
    commands: [null, 'redrive'],
    redrive: 'rotationFailed',
  },
  {
    what: 'Genesys Cloud fails, also when redrive checks it',
    fault: { target: 'genesys:*', kind: 'server-error' },
    state: 'Refresh',
    error: 'GenesysUnavailable',
    health: 'stuck',
    impact: NOT_INVALIDATED,
    notified: NOT_INVALIDATED,
    commands: [null, 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the login was revoked',
    before: (world, { clientId }) => world.revokeUserOf(clientId),
    state: 'Refresh',
    error: 'RefreshTokenRejected',
    health: 'needs-authorisation',
    impact: NO_LONGER_WORKS,
    notified:
      'Consumers hold an access token that works until it expires, unless it was also revoked (unverified).',
    commands: ['authorize', 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the client was deleted, and its tokens with it',
    before: ({ sandbox }, { clientId }) => sandbox.genesysCloud.deleteClient(clientId),
    state: 'Refresh',
    error: 'ClientRejected',
    health: 'expired',
    impact: NO_LONGER_WORKS,
    notified: NOT_INVALIDATED,
    commands: [null, 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'Promote was denied, and somebody has edited the secret since',
    fault: { target: 'secretsmanager:UpdateSecretVersionStage', kind: 'access-denied' },
    isFaultGone: true,
    after: async (world, { secretArn }) => {
      world.sandbox.clock.advance(1_000);
      await world.editSecret(secretArn, { queue: 'added manually' });
    },
    state: 'Promote',
    error: 'AccessDeniedException',
    health: 'expired',
    impact: NO_LONGER_WORKS,
    notified: MAY_NOT_WORK,
    commands: ['redrive'],
    redrive: 'done',
  },
  {
    what: 'the secret is not a complete credential',
    before: async (world, { secretArn }) => {
      const { clientSecret: _lost, ...value } = await world.currentValue(secretArn);
      await world.put(secretArn, value);
    },
    state: 'Fetch',
    error: 'InvalidSecret',
    health: 'needs-authorisation',
    impact: 'Consumers find an incomplete credential.',
    notified: NOT_INVALIDATED,
    commands: ['authorize', null, 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the journal denies access before anything is spent',
    fault: { target: 'dynamodb:GetItem', kind: 'access-denied', by: 'refresh' },
    state: 'Refresh',
    error: 'AccessDeniedException',
    health: 'stuck',
    impact: WORKS,
    notified: NOT_INVALIDATED,
    commands: [null, 'redrive'],
    redrive: 'rotationFailed',
  },
  {
    what: 'another secret rotates the same login',
    before: async (world, credential) => {
      const { secretArn } = await world.credential({ secretName: 'verdict/owner' });
      await world.rotate(secretArn);
      await world.put(credential.secretArn, await world.currentValue(secretArn));
    },
    state: 'Refresh',
    error: 'SharedLogin',
    health: 'needs-authorisation',
    impact: WORKS,
    notified: NOT_INVALIDATED,
    commands: ['authorize', 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the API rejects the new token',
    usersResponse: { status: 401, headers: {}, body: '' },
    state: 'Verify',
    error: 'AccessTokenRejected',
    health: 'expired',
    impact: NO_LONGER_WORKS,
    notified: MAY_NOT_WORK,
    commands: [null, 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the user may not call the API',
    usersResponse: { status: 403, headers: {}, body: '' },
    state: 'Verify',
    error: 'AccessTokenForbidden',
    health: 'stuck',
    impact: WORKS,
    notified: MAY_NOT_WORK,
    commands: [null, 'redrive'],
    redrive: 'rotationFailed',
  },
  {
    what: 'the new token belongs to another user',
    before: (world, { secretArn }) => world.editSecret(secretArn, { genesysUserId: 'somebody-else' }),
    state: 'Verify',
    error: 'WrongUser',
    health: 'expired',
    impact: NO_LONGER_WORKS,
    notified: MAY_NOT_WORK,
    commands: ['authorize', 'redrive'],
    redrive: 'refused',
  },
  {
    what: 'the secret lost a key during the rotation',
    before: (world, { secretArn }) =>
      world.before('store-pending', async () => {
        const { clientSecret: _lost, ...value } = await world.currentValue(secretArn);
        await world.secrets.send(
          new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }),
        );
      }),
    state: 'StorePending',
    error: 'InvalidSecret',
    health: 'needs-authorisation',
    impact: 'Consumers find an incomplete credential.',
    notified: MAY_NOT_WORK,
    commands: ['authorize', null, 'redrive'],
    redrive: 'refused',
  },
];

interface Advice {
  readonly impact: string;
  readonly next: readonly { readonly command: string | null }[];
}

function commandsOf({ next }: Advice, secret: string): (string | null)[] {
  return next.map(
    ({ command }) => command && (new RegExp(`(\\w+) ${secret}$`).exec(command)?.[1] ?? command),
  );
}

describe('every command gives the same verdict', () => {
  it.each(SITUATIONS)('when $what', async situation => {
    const world = shared();
    const { sandbox } = world;
    const secret = `verdict/${SITUATIONS.indexOf(situation)}`;
    const credential = await world.credential({ secretName: secret });
    await situation.before?.(world, credential);
    if (situation.fault !== undefined) sandbox.faults.add(situation.fault);
    const serveUsers = situation.usersResponse && world.usersRespondWith(situation.usersResponse);

    const rotate = await runCliForJson(sandbox, ['rotate', secret]);
    if (situation.isFaultGone) sandbox.faults.clear();
    await situation.after?.(world, credential);
    const status = await runCliForJson(sandbox, ['status', secret]);
    const follow = await runCliForJson(sandbox, ['follow', secret]);
    const diagnose = await runCliForJson(sandbox, ['diagnose', secret]);
    const message = await vi.waitUntil(
      () => sandbox.sns.messages().findLast(({ message: text }) => text.includes(secret)),
      30_000,
    );
    const redrive = await runCliForJson(sandbox, ['redrive', secret]);
    sandbox.faults.clear();
    serveUsers?.();

    const { credentials } = status.result as {
      credentials: (Advice & { health: string; execution: object })[];
    };
    const [shown] = credentials;
    expect(rotate.result).toMatchObject({
      outcome: 'failed',
      state: situation.state,
      error: situation.error,
    });
    expect(shown).toMatchObject({
      health: situation.health,
      impact: situation.impact,
      execution: { state: situation.state, error: situation.error },
    });
    expect(shown && commandsOf(shown, secret)).toEqual(situation.commands);
    expect(status.exitCode).toBe(EXIT_CODES.unhealthy.code);

    const { impact, next } = follow.result as Advice;
    expect({ impact, next }).toEqual({ impact: shown?.impact, next: shown?.next });
    const { steps } = diagnose.result as { steps: readonly { step: string; fix?: string }[] };
    const { fix = '' } = steps.find(({ step }) => step === 'last-execution') ?? {};
    for (const line of [situation.impact, ...next.flatMap(({ command }) => command ?? [])]) {
      expect(fix).toContain(line);
    }
    expect(message.message).toContain(`${situation.state}: ${situation.error}`);
    expect(message.message).toContain(situation.notified);
    expect(redrive.exitCode).toBe(EXIT_CODES[situation.redrive].code);
  });
});

describe('an execution that failed after AWSCURRENT had moved to its version', () => {
  it('is complete for every command', async () => {
    const { sandbox, ...world } = shared();
    const secret = 'verdict/promoted';
    await world.credential({ secretName: secret });
    sandbox.faults.add({ target: 'lambda:promote', kind: 'out-of-memory' });

    const rotate = await runCliForJson(sandbox, ['rotate', secret]);
    sandbox.faults.clear();
    const status = await runCliForJson(sandbox, ['status', secret]);
    const follow = await runCliForJson(sandbox, ['follow', secret]);
    const diagnose = await runCliForJson(sandbox, ['diagnose', secret]);
    const redrive = await runCliForJson(sandbox, ['redrive', secret]);
    const all = await runCliForJson(sandbox, ['redrive', '--all']);

    expect(rotate.result).toMatchObject({ outcome: 'rotated', failedAfterwards: true });
    expect(status.result).toMatchObject({ credentials: [{ health: 'healthy', impact: WORKS, next: [] }] });
    expect(follow.result).toMatchObject({ outcome: 'nothingRuns', health: 'healthy', impact: WORKS });
    expect(diagnose.result).toMatchObject({ healthy: true });
    expect(redrive.result).toMatchObject({ outcome: 'nothingToRedrive', impact: WORKS });
    expect(all.result).toMatchObject({
      executions: expect.arrayContaining([expect.objectContaining({ secret, outcome: 'succeeded' })]),
    });
    expect([rotate, status, follow, diagnose, redrive].map(({ exitCode }) => exitCode)).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });
});

describe('the last rotation', () => {
  it('is the rotation that an operator redrove, even though Secrets Manager does not count it', async () => {
    const { sandbox, ...world } = shared();
    const secret = 'verdict/redriven';
    await world.credential({ secretName: secret });
    sandbox.faults.add({ target: 'secretsmanager:UpdateSecretVersionStage', kind: 'access-denied' });
    await runCliForJson(sandbox, ['rotate', secret]);
    sandbox.faults.clear();
    const before = await runCliForJson(sandbox, ['status', secret]);

    await runCliForJson(sandbox, ['redrive', secret]);
    const after = await runCliForJson(sandbox, ['status', secret]);

    expect(before.result).toMatchObject({ credentials: [{ lastRotationAt: null, health: 'expired' }] });
    expect(after.result).toMatchObject({
      credentials: [{ lastRotationAt: expect.stringMatching(/Z$/), health: 'healthy' }],
    });
  });
});

describe('without permission to read the secret', () => {
  it('status reports the token as unverified', async () => {
    const { sandbox, ...world } = shared();
    const secret = 'verdict/unreadable';
    await world.credential({ secretName: secret });
    sandbox.faults.add({ target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' });
    await runCliForJson(sandbox, ['rotate', secret]);
    sandbox.faults.add({ target: 'secretsmanager:GetSecretValue', kind: 'access-denied', by: 'operator' });

    const { result, exitCode } = await runCliForJson(sandbox, ['status', secret]);
    sandbox.faults.clear();

    expect(result).toMatchObject({ credentials: [{ health: 'stuck', impact: MAY_NOT_WORK }] });
    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
  });
});

describe('while a rotation is running', () => {
  /** A rotation that stays in Verify until it is released. */
  async function running(secret: string) {
    const { sandbox, ...world } = shared();
    await world.credential({ secretName: secret });
    const entered = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    world.before('verify', () => {
      entered.resolve();
      return released.promise;
    });
    await runCliForJson(sandbox, ['rotate', secret, '--no-wait']);
    return { sandbox, entered: entered.promise, release: released.resolve };
  }

  it('status and another rotate suggest follow, which shows the rotation until it ends', async () => {
    const secret = 'verdict/running';
    const { sandbox, entered, release } = await running(secret);
    await entered;

    // Concurrently, because the held function has its own timeout.
    const [status, again, slow] = await Promise.all([
      runCliForJson(sandbox, ['status', secret]),
      runCliForJson(sandbox, ['rotate', secret]),
      runCliForJson(sandbox, ['follow', secret, '--timeout', '1']),
    ]);
    release();
    const follow = await runCliForJson(sandbox, ['follow', secret]);

    expect(status.result).toMatchObject({
      credentials: [
        { health: 'rotating', next: [{ command: expect.stringMatching(new RegExp(`follow ${secret}$`)) }] },
      ],
    });
    for (const { exitCode, stderr } of [again, slow]) {
      expect(exitCode).toBe(EXIT_CODES.stillRunning.code);
      expect(stderr).toMatch(`follow ${secret}`);
    }
    expect(follow.result).toMatchObject({
      secret,
      outcome: expect.stringMatching(/^(rotated|nothingRuns)$/),
    });
    expect(follow.exitCode).toBe(EXIT_CODES.done.code);
  });

  it('follow waits for an execution that Secrets Manager has not started yet', async () => {
    const { sandbox, ...world } = shared();
    const secret = 'verdict/starting';
    await world.credential({ secretName: secret });
    const released = Promise.withResolvers<void>();
    world.before('rotation', () => released.promise);
    await runCliForJson(sandbox, ['rotate', secret, '--no-wait']);
    const polls = (): number =>
      sandbox.callLog
        .calls()
        .filter(
          ({ operation, functionArn }) => operation === 'DescribeExecution' && functionArn === undefined,
        ).length;
    const before = polls();

    const following = runCliForJson(sandbox, ['follow', secret]);
    await vi.waitUntil(() => polls() > before + 1, 30_000);
    released.resolve();

    expect((await following).result).toMatchObject({ secret, outcome: 'rotated' });
  });
});
