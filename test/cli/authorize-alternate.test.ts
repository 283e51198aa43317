import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { runCli } from '../helpers/cli.ts';
import { startCli } from '../helpers/cli-session.ts';
import { authorizeWorld, LOGIN_ADDRESS } from './authorize-world.ts';

const grantTest = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ grants: v.number(), otherTokenWorked: v.array(v.boolean()), versionId: v.string() }),
);

/** A secret that the deployment rotates, with the tokens of one login. */
async function rotatedWorld(options: SandboxOptions = {}) {
  const world = await authorizeWorld(options);
  const { sandbox } = world;
  const arn = await world.storedCredential(',"team":"night-shift"');
  sandbox.secretsManager.enableRotation(arn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(900 days)',
  });

  /** Runs the command with --alternate, and logs a user in while it waits. */
  async function authorized(person = world.user) {
    const cli = startCli(world, world.existingSecret('--alternate', '--yes', '--json'));
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address, person);
    return await cli.ended;
  }
  return { ...world, arn, authorized };
}

describe('authorize --alternate', () => {
  it('adds a second grant, and tests each grant with a rotation', async () => {
    const world = await rotatedWorld();
    const before = await world.currentKeys();

    const { exitCode, stdout } = await world.authorized();

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(v.parse(grantTest, stdout)).toMatchObject({ grants: 2, otherTokenWorked: [true, true] });
    const { refreshToken, accessToken, alternateRefreshToken, ...keys } = await world.currentKeys();
    expect(keys).toMatchObject({ team: 'night-shift', genesysUserId: world.user.userId });
    const { genesysCloud } = world.sandbox;
    for (const token of [refreshToken, accessToken, alternateRefreshToken]) {
      expect(genesysCloud.isLive(fingerprintOf(String(token)))).toBe(true);
      expect(Object.values(before)).not.toContain(token);
    }
    expect(genesysCloud.counts(world.client.clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: 0 });
  });

  it('replaces an alternate grant that is lost', async () => {
    const world = await rotatedWorld();
    const lost = { ...(await world.currentKeys()), alternateRefreshToken: null };
    await world.secrets.send(
      new PutSecretValueCommand({ SecretId: world.arn, SecretString: JSON.stringify(lost) }),
    );

    const { stdout } = await world.authorized();

    expect(v.parse(grantTest, stdout).grants).toBe(2);
  });

  it('keeps the second login as the only grant if Genesys Cloud ends the first one', async () => {
    const world = await rotatedWorld({ genesysCloud: { loginEndsEarlierLogins: true } });

    const { exitCode, stdout } = await world.authorized();
    const after = await world.currentKeys();

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(v.parse(grantTest, stdout)).toMatchObject({ grants: 1, otherTokenWorked: [false, true] });
    expect(after).not.toHaveProperty('alternateRefreshToken');
    for (const token of [after.refreshToken, after.accessToken]) {
      expect(world.sandbox.genesysCloud.isLive(fingerprintOf(String(token)))).toBe(true);
    }
  });

  it('refuses the login of another user, and writes nothing', async () => {
    const world = await rotatedWorld();
    const before = await world.currentText();

    const { exitCode } = await world.authorized(world.otherUser);

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(await world.currentText()).toBe(before);
  });

  it('refuses the login to another organisation, and writes nothing', async () => {
    const world = await rotatedWorld();
    const before = await world.currentText();
    let asked = 0;
    world.sandbox.genesysCloud.intercept(async ({ endpoint }, next) => {
      const response = await next();
      if (endpoint !== 'tokens/me') return response;
      const organization = { id: `organisation-${++asked}` };
      return { ...response, body: JSON.stringify({ organization }) };
    });

    const { exitCode, stderr } = await world.authorized();

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(stderr).toContain('organisation-1');
    expect(await world.currentText()).toBe(before);
  });

  it.each([['--rotate-with', 'genesys-token-rotation'], ['--other-user'], ['--other-client']])(
    'cannot be combined with %s',
    async (...options) => {
      const world = await rotatedWorld();

      const { exitCode } = await runCli(
        world.sandbox,
        world.existingSecret('--alternate', '--yes', ...options),
      );

      expect(exitCode).toBe(EXIT_CODES.usage.code);
    },
  );

  it('refuses a secret that does not exist yet', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--alternate', '--yes');

    const { exitCode } = await runCli(world.sandbox, args, { env });

    expect(exitCode).toBe(EXIT_CODES.refused.code);
  });
});

describe('authorize for a secret with two grants', () => {
  it.each([
    ['keeps the alternate grant of the same user', 'user', true],
    ['removes the alternate grant of another user', 'otherUser', false],
  ] as const)('%s', async (_what, person, keeps) => {
    const world = await rotatedWorld();
    await world.authorized();
    const { alternateRefreshToken } = await world.currentKeys();

    const cli = startCli(world, world.existingSecret('--yes', '--other-user'));
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address, world[person]);
    await cli.ended;

    expect((await world.currentKeys()).alternateRefreshToken).toBe(keeps ? alternateRefreshToken : undefined);
  });
});
