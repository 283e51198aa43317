import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openBrowser } from '../../cli/shared/open-browser.ts';
import { emptyFolder } from '../demonstration/project.ts';

const ADDRESS = 'http://127.0.0.1:1/oauth/authorize?client_id=a&state=b';

/** A stand-in for the browser that records its address and its environment. */
function fakeBrowser() {
  const started = path.join(emptyFolder(), 'started');
  const program = `${started}-browser`;
  const script = `#!/bin/sh\n{ printf '%s\\n' "$1"; env; } > '${started}.part' && mv '${started}.part' '${started}'\n`;
  writeFileSync(program, script);
  chmodSync(program, 0o700);
  return {
    program,
    lines: (): readonly string[] => (existsSync(started) ? readFileSync(started, 'utf8').split('\n') : []),
  };
}

describe('openBrowser', () => {
  it('starts the browser without the variables that hold secrets', async () => {
    const browser = fakeBrowser();
    const secrets = {
      GENESYS_CLIENT_SECRET: 'client-secret',
      AWS_ACCESS_KEY_ID: 'key-id',
      AWS_SECRET_ACCESS_KEY: 'secret-key',
      AWS_SESSION_TOKEN: 'session-token',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-token',
    };
    for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value);
    vi.stubEnv('BROWSER', browser.program);
    vi.stubEnv('LANG', 'C.UTF-8');

    await openBrowser(ADDRESS, () => undefined);

    await expect.poll(browser.lines, { timeout: 20_000 }).toContain(ADDRESS);
    const lines = browser.lines();
    expect(lines).toContain('LANG=C.UTF-8');
    expect(lines.filter(line => Object.values(secrets).some(secret => line.includes(secret)))).toEqual([]);
    expect(lines.filter(line => /^(?:AWS|GENESYS)_/.test(line))).toEqual([]);
  });

  it('reports a browser that cannot be started', async () => {
    const printed: string[] = [];
    vi.stubEnv('BROWSER', 'browser');
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');

    await openBrowser(ADDRESS, text => void printed.push(text));

    expect(printed).toEqual(['The browser could not be opened. Open the address yourself.']);
  });
});
