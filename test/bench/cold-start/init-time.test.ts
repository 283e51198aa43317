import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { initTimes, medians } from '../../../bench/cold-start/init-time.ts';
import { rejection } from '../../helpers/no-secrets.ts';

describe('initTimes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'init-'));
  const starts = path.join(folder, 'starts');
  afterAll(() => rmSync(folder, { recursive: true }));

  function handler(name: string, code: string): string {
    const file = path.join(folder, `${name}.cjs`);
    writeFileSync(file, code);
    return file;
  }

  it('alternates between the handlers, each in a new process', async () => {
    const noting = (letter: string): string =>
      `require('node:fs').appendFileSync(${JSON.stringify(starts)}, '${letter}' + process.pid + ' ');`;

    const times = await initTimes({ a: handler('a', noting('a')), b: handler('b', noting('b')) }, 2);

    const started = readFileSync(starts, 'utf8').trim().split(' ');
    expect(started.map(start => start[0])).toEqual(['a', 'b', 'a', 'b']);
    expect(new Set(started.map(start => start.slice(1))).size).toBe(4);
    expect(times).toEqual({
      a: {
        initMs: expect.any(Number),
        loadMs: expect.any(Number),
        cpuMs: expect.any(Number),
        residentBytes: expect.any(Number),
      },
      b: {
        initMs: expect.any(Number),
        loadMs: expect.any(Number),
        cpuMs: expect.any(Number),
        residentBytes: expect.any(Number),
      },
    });
  });

  it('fails with a handler that does not load', async () => {
    const error = await rejection(initTimes({ a: handler('broken', 'throw new Error("does not load")') }, 1));

    expect(error.message).toContain('does not load');
  });
});

describe('medians', () => {
  it('takes the median of each figure separately', () => {
    expect(
      medians([
        { initMs: 3, loadMs: 10, cpuMs: 5, residentBytes: 7 },
        { initMs: 1, loadMs: 30, cpuMs: 4, residentBytes: 9 },
        { initMs: 200, loadMs: 20, cpuMs: 6, residentBytes: 8 },
      ]),
    ).toEqual({ initMs: 3, loadMs: 20, cpuMs: 5, residentBytes: 8 });
  });

  it('averages the two middle values of an even number', () => {
    const sample = (initMs: number) => ({ initMs, loadMs: 0, cpuMs: 0, residentBytes: 0 });

    expect(medians([8, 1, 2, 90].map(sample)).initMs).toBe(5);
  });
});
