import { describe, expect, it } from 'vitest';
import type { SandboxReport } from '../../../bench/sandbox/measure.ts';
import { sandboxSection } from '../../../bench/sandbox/section.ts';

const REPORT: SandboxReport = {
  repetitions: 7,
  emptyMs: 40,
  startMs: 600,
  loadMs: 450,
  readyBytes: 120_400_000,
  rotatedBytes: 146_000_000,
  functionsBytes: 471_000_000,
  suiteSeconds: undefined,
};

describe('sandboxSection', () => {
  it('shows the memory, and the start as a multiple of an empty program', () => {
    const lines = sandboxSection(REPORT).split('\n');

    expect(lines).toContain('| Start, until it serves requests | 15.0× |');
    expect(lines).toContain('| Share of the start spent loading Node.js and modules | 75 % |');
    expect(lines).toContain('| Memory when it serves requests | 120 MB |');
    expect(lines).toContain('The time of the whole test suite was not measured (use `--suite`).');
  });

  it.each([
    [80.4, 'The whole test suite takes 80 s on this machine, within the limit of 90 s'],
    [91, 'The whole test suite takes 91 s on this machine, over the limit of 90 s'],
  ])('shows whether a suite of %d s takes too long', (suiteSeconds, sentence) => {
    expect(sandboxSection({ ...REPORT, suiteSeconds })).toContain(sentence);
  });
});
