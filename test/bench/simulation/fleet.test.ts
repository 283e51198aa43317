import { describe, expect, it } from 'vitest';
import { DEFAULT_FLEET, type FleetOptions, simulateFleet } from '../../../bench/simulation/fleet.ts';

const HOUR_MS = 3_600_000;

function fleet(changes: Partial<FleetOptions> = {}) {
  return simulateFleet({ ...DEFAULT_FLEET, secrets: 300, windowMs: HOUR_MS, ...changes });
}

describe('simulateFleet', () => {
  it('gives the same figures for the same seed, and others for another seed', () => {
    const once = fleet();

    expect(fleet()).toEqual(once);
    expect(fleet({ seed: 2 }).rotation).not.toEqual(once.rotation);
  });

  it('rotates a fleet that is spread over its window at the first attempt', () => {
    expect(fleet()).toMatchObject({
      rotated: 300,
      unfinished: 0,
      failedAttempts: {},
      failedExecutions: {},
      refused: {},
      mostRefreshesOfASecret: 1,
      transitions: 2_100,
    });
  });

  it('fails no attempt of three hundred rotations that begin together', () => {
    expect(fleet({ moments: 'together' })).toMatchObject({ rotated: 300, failedAttempts: {} });
  });

  it('redrives failed executions and exchanges no refresh token twice when all begin at once', () => {
    const figures = fleet({ moments: 'together', secrets: 1_000 });

    expect(figures).toMatchObject({ rotated: 1_000, unfinished: 0, mostRefreshesOfASecret: 1 });
    expect(figures.failedExecutions['Fetch: Lambda.TooManyRequestsException']).toBeGreaterThan(0);
    expect(figures.calls.RedriveExecution).toBeGreaterThan(0);
    expect(figures.refused['writing secrets']).toBeGreaterThan(0);
  });

  it('asks for no execution while everything succeeds, and fails none when that quota is used up', () => {
    const usual = fleet();
    const drained = fleet({ drained: ['DescribeExecution'] });

    expect(usual.calls.DescribeExecution).toBeUndefined();
    expect(drained).toEqual(usual);
  });

  it('refuses functions beyond the concurrency of the account, and never runs more', () => {
    const figures = fleet({ moments: 'together', lambda: { concurrency: 50, reserved: undefined } });

    expect(figures.peakConcurrency).toBe(50);
    expect(figures.refused['Lambda concurrency']).toBeGreaterThan(0);
    expect(figures.failedAttempts['Lambda.TooManyRequestsException']).toBeGreaterThan(0);
  });

  it('fails no execution where concurrency is reserved', () => {
    const shared = fleet({ moments: 'together', lambda: { concurrency: 50, reserved: undefined } });
    const reserved = fleet({ moments: 'together', lambda: { concurrency: 1_000, reserved: 25 } });

    expect(shared.failedExecutions['Fetch: Lambda.TooManyRequestsException']).toBeGreaterThan(0);
    expect(reserved.failedExecutions).toEqual({});
    expect(reserved.failedAttempts['Lambda.TooManyRequestsException']).toBeGreaterThan(0);
  });

  it('leaves a rotation that fails too late for a retry to the next window', () => {
    const figures = fleet({
      moments: 'together',
      windowMs: 30_000,
      lambda: { concurrency: 50, reserved: undefined },
    });

    expect(figures.unfinished).toBeGreaterThan(0);
    expect(figures.rotated + figures.unfinished).toBe(300);
  });

  it('respects the rate limits of Genesys Cloud', () => {
    const token = fleet({ windowMs: 60_000, genesys: { ...DEFAULT_FLEET.genesys, tokenRequests: 100 } });
    const api = fleet({ windowMs: 60_000, genesys: { ...DEFAULT_FLEET.genesys, apiPerUser: 100 } });
    const spread = fleet({
      windowMs: 60_000,
      genesys: { users: 3, apiPerUser: 110, tokenRequests: undefined },
    });

    expect(token.failedExecutions['Refresh: GenesysRateLimited']).toBeGreaterThan(0);
    expect(api.failedExecutions['Verify: GenesysRateLimited']).toBeGreaterThan(0);
    expect(spread.failedExecutions).toEqual({});
  });
});
