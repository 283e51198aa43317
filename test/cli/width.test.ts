import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { shorten, table } from '../../cli/shared/table.ts';
import { columns, wrap } from '../../cli/shared/terminal.ts';
import { runCli } from '../helpers/cli.ts';
import { redriveWorld } from './redrive-world.ts';

/** Words that are never split: names and ARNs. */
const LONG_WORD = /\S{41,}/;

const { failedRotation } = redriveWorld();

describe.each([80, 120])('on a terminal of %i columns', width => {
  it('wraps the output of every command about a failed rotation between words', async () => {
    const { sandbox, secret } = await failedRotation();
    const run = (...args: readonly string[]) => runCli(sandbox, args, { columns: width });

    const status = await run('status');
    const runs = [
      status,
      await run('history', secret),
      await run('follow', secret),
      await run('diagnose', secret),
      await run('rotate', secret),
      await run('redrive', secret),
      await run('status', secret),
    ];

    const lines = runs.flatMap(({ stdout, stderr }) => stripVTControlCharacters(stdout + stderr).split('\n'));
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter(line => columns(line) > width && !LONG_WORD.test(line))).toEqual([]);
    expect(status.stdout).toMatch(/^SECRET +HEALTH +ACCESS TOKEN .*NEXT ROTATION$/m);
    expect(status.stdout).not.toContain('AWSPENDING');
    expect(status.stdout).toMatch(/^ {2}Impact$/m);
    expect(status.stdout).toMatch(new RegExp(`^ {6}genesys-token-rotation redrive ${secret}$`, 'm'));
  });

  it('status shows ids and executions with --wide', async () => {
    const { sandbox, secret } = await failedRotation();

    const { stdout } = await runCli(sandbox, ['status', secret, '--wide'], { columns: width });

    expect(stdout).toMatch(/^SECRET .*AWSCURRENT +AWSPENDING +EXECUTION$/m);
  });
});

describe('wrap', () => {
  it.each([
    ['one two three', 'one two\nthree'],
    ['  one two three', '  one\n  two\n  three'],
    ['averylongword two', 'averylongword\ntwo'],
    ['', ''],
    ['a\n\nb', 'a\n\nb'],
    ['\u001b[31mone\u001b[39m two three', '\u001b[31mone\u001b[39m two\nthree'],
  ])('wraps %j between words', (text, lines) => {
    expect(wrap(text, 8)).toBe(lines);
  });

  it('indents continuation lines by the given columns', () => {
    expect(wrap('name    one two', 12, 8)).toBe('name    one\n        two');
  });
});

describe('table', () => {
  const COLUMNS = [{ head: 'A' }, { head: 'B', dropped: 2 }, { head: 'C', dropped: 1 }, { head: 'D' }];
  const ROWS = [['aaaa', 'bbbb', 'cccc', 'dddd dddd']];

  it.each([
    [undefined, 'A     B     C     D\naaaa  bbbb  cccc  dddd dddd'],
    [27, 'A     B     C     D\naaaa  bbbb  cccc  dddd dddd'],
    [26, 'A     C     D\naaaa  cccc  dddd dddd'],
    [20, 'A     D\naaaa  dddd dddd'],
    [12, 'A     D\naaaa  dddd\n      dddd'],
  ])('drops columns and wraps the last one to fit a width of %s', (width, text) => {
    expect(table(COLUMNS, ROWS, width)).toBe(text);
  });
});

describe('shorten', () => {
  it.each([
    ['crm/genesys', 11, 'crm/genesys'],
    ['crm/genesys/voicemail', 11, 'crm/g…email'],
  ])('keeps both ends of %s', (text, width, result) => {
    expect(shorten(text, width)).toBe(result);
  });
});
