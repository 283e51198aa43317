import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import { runCli } from '../helpers/cli.ts';
import { startCli } from '../helpers/cli-session.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from './authorize-world.ts';

describe('authorize without a terminal, for a secret that does not exist', () => {
  it('logs in and creates the secret with a complete credential', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env, ownProcess: true });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const page = await world.logInThrough(address);
    const result = await cli.ended;

    expect(page.status).toBe(200);
    expect(result.exitCode).toBe(EXIT_CODES.done.code);
    expect(result.stderr).toContain(world.redirectUri);
    expect(result.stderr).toContain('Anna Agent <anna@example.com>');
    const keys = await world.currentKeys();
    expect(keys).toEqual({
      clientId: world.client.clientId,
      clientSecret: world.client.clientSecret,
      region: 'mypurecloud.com',
      genesysUserId: world.user.userId,
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresAt: expect.any(String),
    });
    expect(world.sandbox.genesysCloud.isLive(fingerprintOf(String(keys.accessToken)))).toBe(true);
  });

  it('reads the client secret from standard input, and prints one object with --json', async () => {
    const world = await authorizeWorld();
    const { args } = world.newSecret('--yes', '--json', '--client-secret-stdin');

    const cli = startCli(world, args);
    cli.type(`${world.client.clientSecret}\n`);
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    const { exitCode, stdout } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    const { ARN, VersionIdsToStages } = await world.describe();
    expect(JSON.parse(stdout)).toEqual({
      secretArn: ARN,
      secretName: SECRET,
      versionId: Object.keys(VersionIdsToStages ?? {})[0],
      created: true,
      clientId: world.client.clientId,
      region: 'mypurecloud.com',
      user: { id: world.user.userId, name: 'Anna Agent', email: 'anna@example.com' },
      organizationId: expect.any(String),
      expiresAt: expect.any(String),
      rotation: null,
      publishedSecretName: null,
      waitingExecutionArn: null,
      next: null,
    });
  });

  it('accepts the pasted address that the login redirected to', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--paste');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const { redirectUrl } = await world.logInAt(address);
    cli.endInput(`${redirectUrl}\n`);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('accepts the pasted code alone', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--paste');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const { code } = await world.logInAt(address);
    cli.endInput(`${code}\n`);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('keeps waiting when the redirect of another login arrives', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const foreign = await fetch(`${world.redirectUri}?code=foreign&state=foreign`);
    await world.logInThrough(address);
    const { exitCode } = await cli.ended;

    expect(foreign.status).toBe(400);
    expect(exitCode).toBe(EXIT_CODES.done.code);
  });
});

describe('authorize, when it must not write,', () => {
  it('refuses without --yes before anybody logs in', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret();

    const { exitCode, stderr } = await runCli(world.sandbox, args, { env });

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(stderr).not.toMatch(LOGIN_ADDRESS);
    expect(await world.currentText()).toBeUndefined();
  });

  it.each([
    ['the client id', ['authorize', SECRET, '--yes', '--genesys-region', 'mypurecloud.com']],
    ['the region', ['authorize', SECRET, '--yes', '--client-id', 'some-client']],
    [
      'the client secret',
      ['authorize', SECRET, '--yes', '--client-id', 'some-client', '--genesys-region', 'mypurecloud.com'],
    ],
  ])('names the option for %s without a terminal', async (_what, args) => {
    const world = await authorizeWorld();

    const { exitCode, stdout } = await runCli(world.sandbox, args);

    expect(exitCode).toBe(EXIT_CODES.usage.code);
    expect(stdout).toBe('');
  });

  it('explains a response without a refresh token', async () => {
    const world = await authorizeWorld({ genesysCloud: { inactivityTimeoutMinutes: 60 } });
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toContain('inactivity timeout');
    expect(await world.currentText()).toBeUndefined();
  });

  it.each([400, 401] as const)(
    'reports a wrong client secret when Genesys Cloud responds with %i',
    async invalidClientStatus => {
      const world = await authorizeWorld({ genesysCloud: { invalidClientStatus } });
      const { args } = world.newSecret('--yes');

      const cli = startCli(world, args, { env: { GENESYS_CLIENT_SECRET: 'some-wrong-secret' } });
      const [address] = await cli.seen(LOGIN_ADDRESS);
      await world.logInThrough(address);
      const { exitCode, stderr } = await cli.ended;

      expect(exitCode).toBe(EXIT_CODES.failed.code);
      expect(stderr).toContain('invalid_client');
      expect(stderr).not.toContain('some-wrong-secret');
      expect(await world.currentText()).toBeUndefined();
    },
  );

  it('reports that the login was declined', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const declined = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'deny' }),
    });
    const { exitCode, stderr } = await cli.ended;

    expect(declined.status).toBe(200);
    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toContain('access_denied');
  });

  it('refuses an address with the state of another login', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--paste');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    const { code } = await world.logInAt(address);
    cli.endInput(`${world.redirectUri}?code=${code}&state=another\n`);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(world.sandbox.genesysCloud.counts(world.client.clientId).codeExchanges).toBe(0);
    expect(await world.currentText()).toBeUndefined();
  });

  it('explains a rejected code', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--paste');

    const cli = startCli(world, args, { env });
    await cli.seen(LOGIN_ADDRESS);
    cli.endInput('never-issued\n');
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).toContain('invalid_grant');
  });

  it('names the redirect URI when the login times out', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--timeout', '1');

    const { exitCode, stderr } = await runCli(world.sandbox, args, { env });

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr.split('No login within')[1]).toContain(world.redirectUri);
  });

  it('exits on Ctrl-C while it waits for the login', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env, ownProcess: true });
    await cli.seen(/Waiting up to/);
    cli.interrupt();
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(await world.currentText()).toBeUndefined();
  });

  it('does not create a secret if an ARN was given', async () => {
    const world = await authorizeWorld();
    const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/none-AbCdEf';

    const { exitCode } = await runCli(world.sandbox, ['authorize', arn, '--yes']);

    expect(exitCode).toBe(EXIT_CODES.failed.code);
  });
});
