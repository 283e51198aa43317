import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { listSecrets } from '../../cli/shared/secrets.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { startCli } from '../helpers/cli-session.ts';
import { openCliTerminal } from '../helpers/cli-terminal.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const UNAVAILABLE = { status: 503, headers: {}, body: '' };

const OPTIONS = {
  virtualTime: false,
  events: { rules: 'none' },
  secretsManager: { retryDelaysMs: [] },
} as const;

const shared = sharedWorld(onCleanup => rotationWorld(OPTIONS, onCleanup));

// Each test starts with a deployment without credentials.
afterEach(async () => {
  const { sandbox, secrets } = shared();
  sandbox.faults.clear();
  for (const { arn } of await listSecrets({ secrets }, sandbox)) {
    await secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
  }
});

describe('status', () => {
  it('refreshes the output with --watch until Ctrl-C', async () => {
    const world = shared();
    await world.credential({ secretName: 'crm/genesys' });
    const cli = startCli(world, ['status', '--watch', '1']);

    await cli.seen(/(?:Press Ctrl-C to stop\.\n[\s\S]*){2}/);
    cli.interrupt();
    const { exitCode, stdout } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stdout.match(/^crm\/genesys /gm)?.length).toBeGreaterThan(1);
  });

  it('reports a profile that does not exist', async () => {
    const { exitCode, stderr } = await runCli(shared().sandbox, ['status', '--profile', 'nobody']);

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toContain('There is no AWS profile nobody');
  });

  it('reports a healthy credential with its dates and versions', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'crm/genesys' });
    const { versionId } = await world.rotate(secretArn);

    const { exitCode, result } = await runCliForJson(world.sandbox, ['status'], { ownProcess: true });

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      deployment: 'genesys-token-rotation',
      credentials: [
        {
          name: 'crm/genesys',
          arn: secretArn,
          health: 'healthy',
          impact: expect.stringContaining('unverified'),
          cause: null,
          next: [],
          runbook: null,
          rotationEnabled: true,
          lastRotationAt: expect.stringMatching(/^\d{4}-.*Z$/),
          nextRotationAt: expect.stringMatching(/^\d{4}-.*Z$/),
          accessToken: {
            storedAt: expect.stringMatching(/^\d{4}-.*Z$/),
            expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
            ageSeconds: expect.any(Number),
            remainingSeconds: expect.any(Number),
          },
          alternateGrant: 'none',
          currentVersionId: versionId,
          pendingVersionId: null,
          execution: null,
          warnings: [],
        },
      ],
    });
  });

  it('reports each of the five health values, and exits with the code for problems', async () => {
    const world = await rotationWorld(OPTIONS);
    skipRetryDelays(world.sandbox);
    const credentials = {
      healthy: await world.credential({ secretName: 'a/healthy' }),
      expired: await world.credential({ secretName: 'b/expired' }),
      stuck: await world.credential({ secretName: 'c/stuck' }),
      'needs-authorisation': await world.credential({ secretName: 'd/needs-authorisation' }),
      rotating: await world.credential({ secretName: 'e/rotating' }),
    };
    await world.editSecret(credentials.expired.secretArn, { expiresAt: '2020-01-01T00:00:00.000Z' });
    const restoreService = world.refreshesRespondWith(UNAVAILABLE);
    const stuck = await world.rotate(credentials.stuck.secretArn);
    restoreService();
    world.revokeUserOf(credentials['needs-authorisation'].clientId);
    await world.rotate(credentials['needs-authorisation'].secretArn);
    const entered = Promise.withResolvers<void>();
    const hold = (): void =>
      world.before('verify', () => {
        entered.resolve();
        hold();
        return new Promise(() => undefined);
      });
    hold();
    await world.rotateSecret(credentials.rotating.secretArn);
    await entered.promise;

    const [{ exitCode, result, stderr }, asTable] = await Promise.all([
      runCliForJson(world.sandbox, ['status']),
      runCli(world.sandbox, ['status']),
    ]);

    expect(exitCode).toBe(4);
    expect(result).toMatchObject({
      credentials: [
        { name: 'a/healthy', health: 'healthy', execution: null },
        { name: 'b/expired', health: 'expired', accessToken: { remainingSeconds: 0 } },
        {
          name: 'c/stuck',
          health: 'stuck',
          pendingVersionId: stuck.versionId,
          execution: {
            arn: stuck.execution.executionArn,
            status: 'FAILED',
            state: 'Refresh',
            error: 'GenesysUnavailable',
          },
        },
        {
          name: 'd/needs-authorisation',
          health: 'needs-authorisation',
          execution: { state: 'Refresh', error: 'RefreshTokenRejected' },
        },
        { name: 'e/rotating', health: 'rotating', execution: { status: 'RUNNING', state: 'Verify' } },
      ],
    });
    expect(stderr).toContain('3 of 5');
    expect(asTable.exitCode).toBe(4);
    for (const cell of ['c/stuck', 'Refresh: GenesysUnavailable', 'in Verify', stuck.versionId.slice(0, 8)]) {
      expect(asTable.stdout).toContain(cell);
    }
    expect(asTable.stdout).not.toContain('\u001b');
  });

  it('reads one list of executions per status, for any number of secrets', async () => {
    const world = shared();
    for (const secretName of ['one', 'two', 'three']) await world.credential({ secretName });
    const before = world.sandbox.callLog.counts();

    const { exitCode } = await runCli(world.sandbox, ['status']);

    const after = world.sandbox.callLog.counts();
    const calls = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    expect(exitCode).toBe(0);
    expect({
      list: calls('states:ListExecutions'),
      history: calls('states:GetExecutionHistory'),
      values: calls('secretsmanager:GetSecretValue'),
      descriptions: calls('secretsmanager:DescribeSecret'),
    }).toEqual({ list: 4, history: 0, values: 3, descriptions: 0 });
  });

  it('reports only the named secrets', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'one' });
    await world.credential({ secretName: 'two' });
    await world.credential({ secretName: 'three' });

    const { result } = await runCliForJson(world.sandbox, ['status', 'two', secretArn]);

    expect(result).toMatchObject({ credentials: [{ name: 'two' }, { name: 'one' }] });
  });

  it('refuses a secret that does not exist, and one that another function rotates', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'foreign' });
    world.sandbox.secretsManager.enableRotation(
      secretArn,
      'arn:aws:lambda:us-east-1:123456789012:function:other',
      { ScheduleExpression: 'rate(8 hours)' },
    );

    const unknown = await runCli(world.sandbox, ['status', 'nonexistent']);
    const foreign = await runCli(world.sandbox, ['status', 'foreign']);

    expect([unknown.exitCode, foreign.exitCode]).toEqual([1, 1]);
    expect(unknown.stderr).toContain('nonexistent does not exist');
    expect(foreign.stderr).toContain('function:other');
  });

  it('reports needs-authorisation when the secret is not a complete credential, and names the key', async () => {
    const world = shared();
    const { secretArn } = await world.credential();
    await world.put(secretArn, { clientId: 'x' });

    const { exitCode, result } = await runCliForJson(world.sandbox, ['status']);

    expect(exitCode).toBe(4);
    expect(result).toMatchObject({
      credentials: [
        { health: 'needs-authorisation', warnings: [expect.stringContaining('lacks the key clientSecret')] },
      ],
    });
  });

  it('ignores a failure if somebody has stored another credential since', async () => {
    const world = shared();
    const credential = await world.credential();
    world.revokeUserOf(credential.clientId);
    await world.rotate(credential.secretArn);
    world.sandbox.clock.advance(1_000);
    await world.authorizeAgain(credential);

    const { exitCode, result } = await runCliForJson(world.sandbox, ['status', '--verify']);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      credentials: [{ health: 'healthy', execution: null, accessToken: { check: 'works' } }],
    });
  });

  it('warns of an access token that expires before the next rotation is due', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ tokenDurationSeconds: 7_200 });
    await world.rotate(secretArn);

    const { exitCode, stdout } = await runCli(world.sandbox, ['status']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('shorter than the rotation interval plus the window');
  });

  it('reports no token expiry if the caller may not read the value', async () => {
    const world = shared();
    const { secretArn } = await world.credential();
    await world.rotate(secretArn);
    world.sandbox.faults.add({
      target: 'secretsmanager:GetSecretValue',
      kind: 'access-denied',
      by: 'operator',
    });

    const { exitCode, result } = await runCliForJson(world.sandbox, ['status']);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      credentials: [{ health: 'healthy', accessToken: { expiresAt: null, remainingSeconds: null } }],
    });
  });

  it('calls Genesys Cloud with each access token with --verify, and refreshes none', async () => {
    const world = shared();
    const live = await world.credential({ secretName: 'a/live' });
    const revoked = await world.credential({ secretName: 'b/revoked' });
    for (const { secretArn } of [live, revoked]) await world.rotate(secretArn);
    world.revokeUserOf(revoked.clientId);

    const { exitCode, result } = await runCliForJson(world.sandbox, ['status', '--verify']);

    expect(exitCode).toBe(4);
    expect(result).toMatchObject({
      credentials: [
        { health: 'healthy', accessToken: { check: 'works' } },
        { health: 'expired', accessToken: { check: 'rejected' } },
      ],
    });
    expect(world.sandbox.genesysCloud.counts(live.clientId)).toMatchObject({ refreshes: 1 });
    expect(world.sandbox.genesysCloud.counts(revoked.clientId)).toMatchObject({
      refreshes: 1,
      refusedRefreshes: 0,
    });
  });

  it('prints a coloured table on a terminal', async () => {
    const world = shared();
    const { secretArn } = await world.credential({ secretName: 'crm/genesys' });
    await world.rotate(secretArn);

    const { exitCode, screen, raw } = await openCliTerminal(world, ['status']).ended;

    expect(exitCode).toBe(0);
    expect(screen).toMatch(/crm\/genesys +healthy/);
    expect(raw).toContain('\u001b[32mhealthy\u001b[39m');
  });

  it('succeeds when the deployment has no credentials', async () => {
    const { sandbox } = shared();

    const { exitCode, result } = await runCliForJson(sandbox, ['status']);

    expect(exitCode).toBe(0);
    expect(result).toEqual({ deployment: 'genesys-token-rotation', credentials: [] });
  });

  it('exits immediately with 130 on Ctrl-C', async () => {
    const world = await rotationWorld({
      awsInterceptors: [
        async ({ operation }, next) =>
          operation === 'ListExecutions' ? await new Promise(() => undefined) : await next(),
      ],
    });

    const { exitCode, stdout } = await runCli(world.sandbox, ['status'], {
      interruptAt: /Reading/,
      ownProcess: true,
    });

    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
  });
});
