import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { KEYS, openCliTerminal } from '../helpers/cli-terminal.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from './authorize-world.ts';

const CLIENT_ID = /Client id/;
const REGION = /Region of the Genesys Cloud organisation/;
const CLIENT_SECRET = /Client secret of/;
const WAITING = /Waiting up to/;
const CONFIRM = /Write this\?/;

/** The position of a prompt. */
function upTo(question: 'client id' | 'region' | 'client secret' | 'login' | 'confirmation'): number {
  return ['client id', 'region', 'client secret', 'login', 'confirmation'].indexOf(question);
}

/** Starts the command on a terminal and answers all prompts before the given one. */
async function openedAt(question: Parameters<typeof upTo>[0]) {
  const world = await authorizeWorld();
  const terminal = openCliTerminal(world, ['authorize', SECRET, '--redirect-port', `${world.port}`]);
  const { clientId, clientSecret } = world.client;
  const last = upTo(question);
  await terminal.seen(CLIENT_ID);
  if (last >= upTo('region')) {
    terminal.type(`${clientId}${KEYS.enter}`);
    await terminal.seen(REGION);
  }
  if (last >= upTo('client secret')) {
    terminal.type(KEYS.enter);
    await terminal.seen(CLIENT_SECRET);
  }
  if (last >= upTo('login')) {
    terminal.type(`${clientSecret}${KEYS.enter}`);
    await terminal.seen(WAITING);
  }
  if (last >= upTo('confirmation')) {
    const [address] = await terminal.seen(LOGIN_ADDRESS);
    await world.logInThrough(address);
    await terminal.seen(CONFIRM);
  }
  return { world, terminal };
}

describe('authorize on a terminal', () => {
  it('asks for missing values, shows who logged in, and writes after confirmation', async () => {
    const { world, terminal } = await openedAt('confirmation');

    terminal.type('y');
    const { exitCode, screen } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(screen).toContain('Anna Agent <anna@example.com>');
    expect(await world.currentKeys()).toMatchObject({
      clientId: world.client.clientId,
      region: 'mypurecloud.com',
      genesysUserId: world.user.userId,
    });
  });

  it('writes nothing if only Enter is pressed', async () => {
    const { world, terminal } = await openedAt('confirmation');

    terminal.type(KEYS.enter);
    const { exitCode } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(await world.currentText()).toBeUndefined();
  });

  it('does not show a pasted code', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--paste');
    const terminal = openCliTerminal(world, args, { env });

    const [address] = await terminal.seen(LOGIN_ADDRESS);
    await terminal.seen(/Address that the login redirected to/);
    const { redirectUrl } = await world.logInAt(address);
    terminal.type(`${redirectUrl}${KEYS.enter}`);
    await terminal.seen(CONFIRM);
    terminal.type('y');
    const { exitCode, screen } = await terminal.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(screen).not.toContain(redirectUrl);
  });

  it.each(['client id', 'region', 'client secret', 'login', 'confirmation'] as const)(
    'writes nothing when Ctrl-C is pressed at the prompt for the %s',
    async question => {
      const { world, terminal } = await openedAt(question);

      terminal.type(KEYS.ctrlC);
      const { exitCode } = await terminal.ended;

      expect(exitCode).toBe(EXIT_CODES.interrupted.code);
      expect(await world.currentText()).toBeUndefined();
    },
  );
});
