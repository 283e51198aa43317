import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { emptyFolder, Program } from '../../demonstration/project.ts';

/** `npm run sandbox` in a folder with the synthesised stack. */
function sandboxProgram(...args: readonly string[]): Program {
  const cwd = emptyFolder();
  symlinkSync(inject('assemblyDirectory'), path.join(cwd, 'cdk.out'));
  return new Program('sandbox/main.ts', ['--json', ...args], { cwd });
}

describe('npm run sandbox', () => {
  it('serves the control API, with the faults of its command line', async () => {
    const program = sandboxProgram(
      ...['--fault', 'genesys:token=throttled,nth=1', '--fault', 'kms:*=hang,share=0.5', '--seed', '7'],
    );

    const { control } = JSON.parse(await program.ready()) as { control: { url: string; token: string } };
    const unauthorized = await fetch(`${control.url}/faults`);
    const headers = { authorization: `Bearer ${control.token}` };
    const response = await fetch(`${control.url}/faults`, { headers });
    const faults: unknown = await response.json();
    program.signal('SIGINT');

    expect(unauthorized.status).toBe(401);
    expect(faults).toMatchObject([
      // The login at the start does not count.
      { text: 'genesys:token=throttled,nth=1', injected: 0 },
      { text: 'kms:*=hang,share=0.5', injected: 0 },
    ]);
    await expect(program.ended).resolves.toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['an invalid fault', ['--fault', 'nonsense'], /Bad fault 'nonsense': it must have the form/],
    [
      'a fault with an unknown target',
      ['--fault', 'lambda:nope=hang'],
      /^Bad fault: unknown target lambda:nope\. .*\n$/,
    ],
    ['a seed that is not a number', ['--seed', 'one'], /whole number/],
    ['an empty seed', ['--seed', ''], /whole number/],
    ['an invalid control port', ['--control-port', '70000'], /whole number from 1 to 65535/],
  ])('refuses %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await sandboxProgram(...args).ended;

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('names the port that is in use', async () => {
    const first = sandboxProgram();
    const { control } = JSON.parse(await first.ready()) as { control: { url: string } };
    const { port } = new URL(control.url);

    const { exitCode, stderr } = await sandboxProgram('--control-port', port).ended;

    expect(exitCode).toBe(1);
    expect(stderr).toBe(`Port ${port} is in use. Choose another one with --control-port, or omit it.\n`);
  });
});
