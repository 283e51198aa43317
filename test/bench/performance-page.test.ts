import { expect, it } from 'vitest';
import { performancePage } from '../../bench/performance-page.ts';

it('lists the date, the machine and the sections before the links to other pages', () => {
  const page = performancePage(['## First\n', '## Second\n'], {
    date: '2030-01-02',
    processor: 'Fast CPU',
    processors: 2,
    memoryBytes: 25_000_000_000,
    nodeVersion: '24.1.0',
    platform: 'Linux x64',
  });

  expect(page).toContain('on 2030-01-02, on 2 × Fast CPU with 23 GiB of memory, Node.js 24.1.0, Linux x64.');
  expect(page.match(/^## .*/gm)).toEqual(['## First', '## Second', '## Cost', '## Large fleets']);
  expect(page.endsWith('\n')).toBe(true);
});
