import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

describe('npm run bench', () => {
  it.each([
    [
      'to write the page from a quick run',
      ['--write', '--quick'],
      "option '--write' cannot be used with option '--quick'",
    ],
    [
      'to write the page from some sections',
      ['--write', '--only', 'sandbox'],
      "cannot be used with option '--only <section...>'",
    ],
    [
      'an unknown section',
      ['--only', 'colours'],
      'Allowed choices are rotation, cold-start, program, sandbox',
    ],
    ['an invalid time for the suite', ['--suite', 'soon'], 'It must be a number of seconds.'],
  ])('refuses %s', (_what, args, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});
