import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fragmentsOf, PAGES, PROJECT, textOf } from './pages.ts';

/** The targets in the project of a page's links and images. */
function linksOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target));
}

function isBroken(page: string, link: string): boolean {
  const [file = '', fragment] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(PROJECT, target))) return true;
  return fragment !== undefined && !fragmentsOf(textOf(target)).has(fragment);
}

describe('the links in the documentation', () => {
  it.each(PAGES)('%s links only to existing files and headings', page => {
    expect(linksOf(page).filter(link => isBroken(page, link))).toEqual([]);
  });

  it('every page can be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of linksOf(page)) {
        const [file = ''] = link.split('#');
        const target = path.join(path.dirname(page), file);
        if (PAGES.includes(target)) reached.add(target);
      }
    }

    expect([...reached].sort()).toEqual(PAGES);
  });

  it.each([
    ['## 7. Hand the schedule to the stack (if you like)', '7-hand-the-schedule-to-the-stack-if-you-like'],
    ['## `authorize`', 'authorize'],
  ])('fragmentsOf returns the anchor of the heading %s', (heading, fragment) => {
    expect([...fragmentsOf(heading)]).toEqual([fragment]);
  });
});
