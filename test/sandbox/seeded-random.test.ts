import { describe, expect, it } from 'vitest';
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

/** The first random numbers of a seed. */
function numbers(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe('seededRandom', () => {
  it('returns the numbers of mulberry32', () => {
    expect(numbers(1, 3)).toStrictEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  });

  it('is uniformly distributed from 0 to below 1', () => {
    const all = numbers(42, 10_000);

    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => all.filter(n => Math.floor(n * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('seedOf', () => {
  it('returns the FNV-1a hash of a string', () => {
    expect(seedOf('') >>> 0).toBe(0x811c9dc5);
    expect(seedOf('foobar') >>> 0).toBe(0xbf9cf968);
  });
});
