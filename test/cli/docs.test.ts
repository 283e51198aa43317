import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandLinePage } from '../../cli/docs.ts';
import { makeProgram } from '../../cli/program.ts';
import { emptyFolder, PROJECT, Program } from '../demonstration/project.ts';

describe('commandLinePage', () => {
  it('contains the help of every command and subcommand, with the text after the options', () => {
    const program = new Command('program').exitOverride();
    const secret = program.command('secret').description('Of secrets.');
    secret.command('list').option('--long', 'all of it').addHelpText('after', '\nExit codes:\n  0  done');

    const page = commandLinePage(program);

    expect(page.match(/^##+ .*$/gm)).toEqual(['## Exit codes', '## secret', '### secret list']);
    for (const part of ['Of secrets.', 'all of it', '  0  done']) expect(page).toContain(part);
  });
});

describe('npm run cli:docs', () => {
  it('matches docs/cli.md', () => {
    const { stdin, stdout, stderr } = process;
    const streams = { in: stdin, out: stdout, err: stderr };
    const program = makeProgram({ streams, signal: new AbortController().signal });

    expect(readFileSync(path.join(PROJECT, 'docs/cli.md'), 'utf8')).toBe(commandLinePage(program));
  });

  it('reports a stale page and regenerates it', async () => {
    const page = path.join(emptyFolder(), 'cli.md');
    writeFileSync(page, 'Old.\n');

    const stale = await run('--check', page);
    const written = await run(page);
    const checked = await run('--check', page);

    expect([stale.exitCode, written.exitCode, checked.exitCode]).toEqual([1, 0, 0]);
    expect(stale.stderr).toContain('npm run cli:docs');
    expect(readFileSync(page, 'utf8')).toContain('## status');
  });
});

async function run(...args: readonly string[]) {
  return await new Program('cli/docs.ts', args, { cwd: PROJECT }).ended;
}
