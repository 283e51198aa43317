import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedFiles } from '../../../bench/cold-start/installed-package.ts';

describe('installedFiles', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'installed-'));

  function install(where: string, dependencies: Record<string, string>, file: string): void {
    const target = path.join(folder, where);
    mkdirSync(path.join(target, 'lib'), { recursive: true });
    writeFileSync(path.join(target, 'package.json'), JSON.stringify({ dependencies }));
    writeFileSync(path.join(target, 'lib', file), file);
  }

  function namesOf(...packages: string[]): string[] {
    return installedFiles(packages, path.join(folder, 'bench')).map(({ path: name }) => name);
  }

  beforeAll(() => {
    install('node_modules/one', { '@scope/two': '1', three: '2' }, 'one.js');
    install('node_modules/one/node_modules/three', {}, 'three-of-one.js');
    install('node_modules/@scope/two', { one: '1', three: '1' }, 'two.js');
    install('node_modules/three', {}, 'three.js');
    install('node_modules/four', {}, 'four.js');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds a package and each of its dependencies once', () => {
    const files = namesOf('one').filter(name => name.endsWith('.js'));

    expect(files.sort((a, b) => a.localeCompare(b))).toEqual([
      'node_modules/@scope/two/lib/two.js',
      'node_modules/one/lib/one.js',
      'node_modules/one/node_modules/three/lib/three-of-one.js',
      'node_modules/three/lib/three.js',
    ]);
  });

  it('reads the files', () => {
    const contents = installedFiles(['four'], folder).map(file => Buffer.from(file.contents).toString());

    expect(contents).toEqual(['{"dependencies":{}}', 'four.js']);
  });

  it('throws with the name of a package that is not installed', () => {
    expect(() => namesOf('five')).toThrow('five is not installed');
  });
});
