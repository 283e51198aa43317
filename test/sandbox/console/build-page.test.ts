import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPage } from '../../../sandbox/console/build-page.ts';
import { emptyFolder } from '../../demonstration/project.ts';
import { folderWith } from './console-world.ts';

const SOURCES = {
  'index.html': '<!doctype html><title>Console</title>',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'main.tsx': "import './main.css';\nimport { text } from './text.ts';\ndocument.title = text;\n",
  'text.ts': "export const text: string = 'bundled';\n",
  'main.css': 'body {\n  margin: 0;\n}\n',
};

describe('the build of the page', () => {
  it('bundles the script and its styles, and copies the HTML and the icon', async () => {
    const output = path.join(emptyFolder(), 'dist');

    const folder = await buildPage({ source: folderWith(SOURCES), output });

    expect(folder).toBe(output);
    expect(readdirSync(folder).toSorted()).toEqual(['icon.svg', 'index.html', 'main.css', 'main.js']);
    expect(readFileSync(path.join(folder, 'index.html'), 'utf8')).toBe(SOURCES['index.html']);
    expect(readFileSync(path.join(folder, 'main.js'), 'utf8')).toContain('"bundled"');
    expect(readFileSync(path.join(folder, 'main.css'), 'utf8')).toBe('body{margin:0}\n');
  });

  it('replaces an earlier build', async () => {
    const output = path.join(emptyFolder(), 'dist');
    await buildPage({ source: folderWith(SOURCES), output });

    await buildPage({
      source: folderWith({ ...SOURCES, 'text.ts': "export const text = 'updated';" }),
      output,
    });

    expect(readFileSync(path.join(output, 'main.js'), 'utf8')).toContain('"updated"');
  });

  it('reports the location of an error in the sources, and keeps the earlier build', async () => {
    const output = path.join(emptyFolder(), 'dist');
    await buildPage({ source: folderWith(SOURCES), output });

    const broken = buildPage({ source: folderWith({ ...SOURCES, 'text.ts': 'export const =' }), output });

    await expect(broken).rejects.toThrow(/text\.ts:1:13/);
    expect(readdirSync(output).toSorted()).toEqual(['icon.svg', 'index.html', 'main.css', 'main.js']);
  });
});
