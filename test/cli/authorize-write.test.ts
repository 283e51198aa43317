import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli } from '../helpers/cli.ts';
import { startCli } from '../helpers/cli-session.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from './authorize-world.ts';

const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';

/** A stand-in for the browser that records the address it is asked to open. */
function fakeBrowser() {
  const folder = mkdtempSync(path.join(tmpdir(), 'browser-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const opened = path.join(folder, 'opened');
  const program = path.join(folder, 'browser');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s' "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
  );
  chmodSync(program, 0o700);
  return {
    program,
    opened: (): string | undefined => (existsSync(opened) ? readFileSync(opened, 'utf8') : undefined),
  };
}

describe('authorize and the browser', () => {
  it('opens the address that it prints', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');
    const browser = fakeBrowser();

    const cli = startCli(world, args, { env: { ...env, BROWSER: browser.program } });
    const [shown] = await cli.seen(LOGIN_ADDRESS);
    await expect.poll(browser.opened, { timeout: 20_000 }).toBe(shown);
    await world.logInThrough(browser.opened() ?? '');
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stderr).toContain('Opening your browser.');
  });

  it('only prints the address with --no-browser', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--no-browser');
    const browser = fakeBrowser();

    const cli = startCli(world, args, { env: { ...env, BROWSER: browser.program } });
    const [shown] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(shown);
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stderr).not.toContain('Opening your browser.');
    expect(browser.opened()).toBeUndefined();
  });
});

describe('authorize, while it writes,', () => {
  it('encrypts a new secret with the key of --kms-key', async () => {
    const world = await authorizeWorld({ existingKeys: [KEY_ID] });
    const { args, env } = world.newSecret('--yes', '--kms-key', KEY_ID);

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect((await world.describe()).KmsKeyId).toContain(KEY_ID);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('keeps the tokens when rotation cannot be enabled, and prints how to enable it', async () => {
    const world = await authorizeWorld();
    world.sandbox.faults.add({ target: 'secretsmanager:RotateSecret', kind: 'access-denied' });
    const { args, env } = world.newSecret('--yes', '--rotate-with', 'genesys-token-rotation');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    const { ARN } = await world.describe();
    expect(stderr).toContain(`The tokens are stored in the secret ${SECRET}`);
    expect(stderr).toContain(
      `aws secretsmanager rotate-secret --secret-id ${ARN} --rotation-lambda-arn ${world.sandbox.rotationFunctionArn}`,
    );
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('writes nothing when somebody has just created the secret', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.storedCredential();
    const before = await world.currentText();
    await world.logInThrough(address);
    const { exitCode, stderr } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(stderr).toContain(`Somebody created the secret ${SECRET} during the login.`);
    expect(await world.currentText()).toBe(before);
  });

  it('refuses to send a client secret without encryption', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes');

    const { exitCode, stderr } = await runCli(world.sandbox, args, {
      env: { ...env, GENESYS_LOGIN_URL: 'http://gateway.example/{host}' },
    });

    expect(exitCode).toBe(EXIT_CODES.usage.code);
    expect(stderr).toContain('http://gateway.example');
  });
});

describe('authorize on Ctrl-C while it writes', () => {
  /** Starts the program and holds its call of CreateSecret until the call is released. */
  async function writing() {
    const [called, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const world = await authorizeWorld({
      awsInterceptors: [
        async ({ operation }, next) => {
          if (operation === 'CreateSecret') {
            called.resolve();
            await released.promise;
          }
          return await next();
        },
      ],
    });
    const { args, env } = world.newSecret('--yes');
    const cli = startCli(world, args, { env, ownProcess: true });
    const [address] = await cli.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    await called.promise;
    return { world, cli, released };
  }

  it('finishes writing first', async () => {
    const { world, cli, released } = await writing();

    cli.interrupt();
    await cli.seen(/then exiting/);
    released.resolve();
    const { exitCode, stdout } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stdout).toContain(`Created ${SECRET}`);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('exits immediately on the second Ctrl-C', async () => {
    const { cli, released } = await writing();

    // Signals that arrive before the first one is handled count as one.
    const again = setInterval(cli.interrupt, 50);
    const { exitCode, stdout } = await cli.ended;
    clearInterval(again);
    released.resolve();

    expect(exitCode).toBe(EXIT_CODES.interrupted.code);
    expect(stdout).toBe('');
  });
});
