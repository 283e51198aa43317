import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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

describe('the commands', () => {
  it.each(PAGES)('of %s are scripts of the package', page => {
    const unknown = commandsOf(textOf(page))
      .flatMap(scriptsIn)
      .filter(script => !(script in scripts));

    expect(unknown).toEqual([]);
  });

  it('of the README are all scripts of the package but those that run others', () => {
    const documented = new Set(commandsOf(textOf('README.md')).flatMap(scriptsIn));

    expect(Object.keys(scripts).filter(script => !documented.has(script))).toEqual([
      'prepack',
      'lint',
      'types',
      'unused',
    ]);
  });
});
