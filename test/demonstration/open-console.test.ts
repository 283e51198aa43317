import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { Overview } from '../../sandbox/console/views.ts';
import { emptyFolder, PROJECT, Program } from './project.ts';

/** Hides any desktop of the machine. */
const NO_DESKTOP = {
  DISPLAY: '',
  WAYLAND_DISPLAY: '',
  WSL_DISTRO_NAME: '',
  BROWSER: '',
  XDG_CURRENT_DESKTOP: 'X-Generic',
};

/** A stand-in for the browser that follows the redirect and opens the page's stream. */
function browser(): string {
  const script = path.join(emptyFolder(), 'browser.sh');
  const code =
    'fetch(process.argv[1]).then(({ url }) => fetch(url.replace("/?", "/stream?"))).then(({ body }) => body.pipeTo(new WritableStream()))';
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' -e '${code}' "$1"\n`, { mode: 0o755 });
  return script;
}

// On other platforms, tests can open only the real browser.
describe.runIf(process.platform === 'linux')('--open', () => {
  it('opens the console, rotates there, and runs until Ctrl-C (npm start)', async () => {
    const cwd = emptyFolder();
    symlinkSync(path.join(PROJECT, 'infra'), path.join(cwd, 'infra'));
    const env = { ...NO_DESKTOP, BROWSER: browser() };
    const program = new Program('sandbox/start.ts', ['--open'], { cwd, env });

    const text = await program.printed(/Press Ctrl-C to stop the sandbox\.\n/);
    const url = /^The console is at (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43})$/m.exec(text)?.[1] ?? '';
    const page = await (await fetch(url)).text();
    const { executions } = (await (await fetch(url.replace('/?', '/overview?'))).json()) as Overview;
    program.signal('SIGINT');
    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(page).toContain('<script type="module" src="main.js">');
    expect(executions).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(stdout).toMatch(
      /Opening your browser\.\nThe rotation starts when the page is open\.\n\nRotateSecret\n/,
    );
    expect(stdout).toContain('GET /api/v2/users/me responds with 200');
    // Most of the time is synthesis.
  }, 120_000);

  it('reports that there is no browser, and prints the address of the console (npm run sandbox)', async () => {
    const cwd = emptyFolder();
    symlinkSync(inject('assemblyDirectory'), path.join(cwd, 'cdk.out'));
    const program = new Program('sandbox/main.ts', ['--open'], { cwd, env: NO_DESKTOP });

    const text = await program.printed(/Open the address yourself\.\n/);
    const url = /^ {2}(http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43})$/m.exec(text)?.[1] ?? '';
    const { status } = await fetch(url);
    program.signal('SIGTERM');
    const { exitCode } = await program.ended;

    expect({ status, exitCode }).toEqual({ status: 200, exitCode: 0 });
  });

  it.each(['sandbox/start.ts', 'sandbox/main.ts'])('conflicts with --json in %s', async script => {
    const program = new Program(script, ['--open', '--json'], { cwd: emptyFolder() });

    expect(await program.ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: "error: option '--open' cannot be used with option '--json'\n",
    });
  });
});
