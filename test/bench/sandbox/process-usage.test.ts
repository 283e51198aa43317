import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryInUse, parseStat } from '../../../bench/sandbox/process-usage.ts';

describe('parseStat', () => {
  it('reads the parent and the memory when the program name has parentheses and spaces', () => {
    const line =
      '4242 (a) (b c) S 17 4242 4242 0 -1 4194304 1000 0 0 0 120 30 40 10 20 0 11 0 5000 1000000000 250 18446744073709551615';

    expect(parseStat(line)).toEqual({ parentId: 17, residentBytes: 1_024_000 });
  });
});

describe('memoryInUse', () => {
  it('counts a running child', async () => {
    const before = memoryInUse();
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill());
    await once(child, 'spawn');

    const during = memoryInUse();

    expect(during.children - before.children).toBe(1);
    expect(during.ownBytes).toBeGreaterThan(0);
  });
});
