import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fragmentsOf, PAGES, PROJECT, textOf } from './pages.ts';

/** The targets of the links and images of a page that are in the project. */
function linksOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target));
}

function isDead(page: string, link: string): boolean {
  const [file = '', fragment] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(PROJECT, target))) return true;
  return fragment !== undefined && !fragmentsOf(textOf(target)).has(fragment);
}

describe('the links', () => {
  it.each(PAGES)('of %s lead to a file and a heading of the project', page => {
    expect(linksOf(page).filter(link => isDead(page, link))).toEqual([]);
  });

  it('lead from the README to every page, directly or through other pages', () => {
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
  ])('know the heading %s', (heading, fragment) => {
    expect([...fragmentsOf(heading)]).toEqual([fragment]);
  });
});
