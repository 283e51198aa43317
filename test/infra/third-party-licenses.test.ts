import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { bundleProgram } from '../../infra/bundle-program.ts';
import { PROJECT } from '../../infra/commonjs.ts';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { LICENSES_FILE, thirdPartyLicenses } from '../../infra/third-party-licenses.ts';
import { emptyFolder } from '../demonstration/project.ts';

type Output = Metafile['outputs'][string];

/** A project with one package, whose code is in a bundle. */
function projectWith(name: string, files: Readonly<Record<string, string>>, license = 'MIT') {
  const project = emptyFolder();
  addPackage(project, name, {
    ...files,
    'package.json': JSON.stringify({ name, version: '1.2.3', license }),
  });
  return { project, output: outputOf(`node_modules/${name}/index.js`) };
}

function addPackage(project: string, name: string, files: Readonly<Record<string, string>>): void {
  const folder = join(project, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

function outputOf(path: string, bytesInOutput = 1): Output {
  return { bytes: 1, imports: [], exports: [], inputs: { [path]: { bytesInOutput } } };
}

/** The names and versions, from their manifests, of the packages with code in a bundle. */
function packagesIn({ inputs }: Output): string[] {
  const folders = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
    const [, inside = ''] = path.split(/node_modules\/(?!.*node_modules\/)/);
    const name = inside
      .split('/')
      .slice(0, inside.startsWith('@') ? 2 : 1)
      .join('/');
    return name === '' || bytesInOutput === 0 ? [] : [path.slice(0, -inside.length) + name];
  });
  return [...new Set(folders)].map(folder => {
    const { name, version } = JSON.parse(readFileSync(join(PROJECT, folder, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
}

describe('the licences of the functions', () => {
  it('have an entry for every package in each bundle', async () => {
    const { directory, metafile } = await bundleFunctions(emptyFolder());

    for (const name of FUNCTION_NAMES) {
      const packages = packagesIn(metafile.outputs[`bundle/${name}/index.js`] as Output);
      const entries = readFileSync(join(directory, name, LICENSES_FILE), 'utf8').split('\n');
      expect(packages).toContainEqual(expect.stringMatching(/^@smithy\/core /));
      expect(packages.filter(each => !entries.includes(each))).toEqual([]);
    }
  });
});

describe('the licences of the program', () => {
  it('have an entry for every package in the bundle, with its copyright', async () => {
    const { outputs } = await bundleProgram(emptyFolder());

    const entries = thirdPartyLicenses(Object.values(outputs), PROJECT).split('\n');

    const packages = Object.values(outputs).flatMap(packagesIn);
    expect(packages).toContainEqual(expect.stringMatching(/^commander /));
    expect(packages.filter(each => !entries.includes(each))).toEqual([]);
    expect(entries).toContainEqual(expect.stringContaining('TJ Holowaychuk'));
  });
});

describe('thirdPartyLicenses', () => {
  it('contains the licence and the notice', () => {
    const { project, output } = projectWith('a', { 'LICENSE.md': 'The licence.', NOTICE: 'The notice.' });

    expect(thirdPartyLicenses([output], project)).toBe(
      'a 1.2.3\n\nLicence: MIT\n\nThe licence.\n\nThe notice.\n',
    );
  });

  it('reads the licence from the README when there is no file', () => {
    const readme =
      '# a\n\nCopyright (c) Someone\n\nPermission is hereby granted …\nOF THE SOFTWARE.\n\n[link]: x\n';
    const { project, output } = projectWith('a', { 'README.md': readme });

    expect(thirdPartyLicenses([output], project)).toBe(
      'a 1.2.3\n\nLicence: MIT\n\nCopyright (c) Someone\n\nPermission is hereby granted …\nOF THE SOFTWARE.\n',
    );
  });

  it('reads the licence from a package of the same scope and licence when there is none', () => {
    const { project, output } = projectWith('@scope/b', {}, 'Apache-2.0');
    const sibling = { name: '@scope/c', version: '1.0.0', license: 'Apache-2.0' };
    addPackage(project, '@scope/c', { 'package.json': JSON.stringify(sibling), LICENSE: 'Of the scope.' });

    expect(thirdPartyLicenses([output], project)).toContain(
      '@scope/b 1.2.3\n\nLicence: Apache-2.0\n\nOf the scope.',
    );
  });

  it('refuses a package without a licence text', () => {
    const { project, output } = projectWith('a', { 'README.md': 'License: MIT' });

    expect(() => thirdPartyLicenses([output], project)).toThrow(/^a: .*MIT/);
  });

  it('omits packages without code in the bundle', () => {
    expect(thirdPartyLicenses([outputOf('node_modules/a/index.js', 0)], emptyFolder())).toBe('');
  });
});
