import { expect, it } from 'vitest';
import { growthExponent, secondHalfTimes } from '../../../bench/fleet/growth.ts';

it.each([
  ['what does not grow', 7, 7, 0],
  ['what grows with the size', 3, 30, 1],
  ['what grows with its square', 2, 200, 2],
])('gives the power of %s', (_what, small, large, exponent) => {
  expect(growthExponent({ size: 100, amount: small }, { size: 1_000, amount: large })).toBeCloseTo(exponent);
});

it.each([
  ['as long', [10, 20, 30, 40, 60], 1],
  ['three times as long', [10, 20, 80], 3],
])('says when the second half took %s', (_what, doneAfterMs, times) => {
  expect(secondHalfTimes(doneAfterMs)).toBe(times);
});
