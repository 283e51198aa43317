import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../cli/program.ts';
import { commandsOf, PAGES, PROJECT, textOf } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The scripts that a command line of npm runs: `npm test`, `npm start`, `npm run <script>`. */
function scriptsIn(command: string): readonly string[] {
  return [...command.matchAll(/\bnpm (?:run (?:--\w+ )*([\w:-]+)|(start|test))\b/g)].map(
    ([, run, lifecycle]) => run ?? lifecycle ?? '',
  );
}

const { stdin, stdout, stderr } = process;
const program = makeProgram({
  streams: { in: stdin, out: stdout, err: stderr },
  signal: new AbortController().signal,
});

/** The command and options in a line `genesys-token-rotation <command> …` that do not exist. */
function unknownIn(line: string): readonly string[] {
  const [, name, rest = ''] = /^(?:npx )?genesys-token-rotation (\w+)(.*)/.exec(line) ?? [];
  if (name === undefined) return [];
  const command = program.commands.find(candidate => candidate.name() === name);
  if (command === undefined) return [name];
  const known = new Set(
    [...program.options, ...command.options].flatMap(({ long, short }) => [long ?? '', short ?? '']),
  );
  return [...rest.matchAll(/ (--?[a-z][\w-]*)/g)]
    .map(([, option = '']) => option)
    .filter(option => option !== '--help' && !known.has(option));
}

describe('the commands in the documentation', () => {
  it.each(PAGES)('%s uses only scripts of the package', page => {
    const unknown = commandsOf(textOf(page))
      .flatMap(scriptsIn)
      .filter(script => !(script in scripts));

    expect(unknown).toEqual([]);
  });

  it.each(PAGES)('%s uses only commands and options of the program', page => {
    expect(commandsOf(textOf(page)).flatMap(unknownIn)).toEqual([]);
  });

  it.each([
    ['genesys-token-rotation rotat crm/genesys', ['rotat']],
    ['npx genesys-token-rotation status --jsn --verify', ['--jsn']],
  ])('unknownIn finds unknown commands and options: %s', (line, unknown) => {
    expect(unknownIn(line)).toEqual(unknown);
  });

  it('CONTRIBUTING.md names all scripts of the package except those that other scripts run', () => {
    const documented = new Set(commandsOf(textOf('CONTRIBUTING.md')).flatMap(scriptsIn));

    expect(Object.keys(scripts).filter(script => !documented.has(script))).toEqual([
      'prepack',
      'lint',
      'types',
      'unused',
    ]);
  });
});
