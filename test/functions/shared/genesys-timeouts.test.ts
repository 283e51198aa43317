import { describe, expect, it } from 'vitest';
import {
  API_TIMEOUT_MS,
  TOKEN_TIMEOUT_MS,
  timeoutWithin,
} from '../../../functions/shared/genesys-timeouts.ts';

const left = (ms: number) => ({ getRemainingTimeInMillis: () => ms });

describe('genesys-timeouts', () => {
  it('gives a call its full time-out while the function has time enough', () => {
    expect(timeoutWithin(TOKEN_TIMEOUT_MS, left(6_900))).toBe(5_000);
    expect(timeoutWithin(API_TIMEOUT_MS, left(2_900))).toBe(2_000);
  });

  it('ends a call 300 ms before the function ends, so that the function can still answer', () => {
    expect(timeoutWithin(TOKEN_TIMEOUT_MS, left(4_000))).toBe(3_700);
  });

  it('never asks for no time at all, which would mean no time-out', () => {
    expect(timeoutWithin(TOKEN_TIMEOUT_MS, left(100))).toBe(1);
  });
});
