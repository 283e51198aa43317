import { describe, expect, inject, it } from 'vitest';
import { synthesizePublishing } from '../../bench/soak/published-secret.ts';
import {
  singleLambdaSoak,
  synthesizeSingleLambda,
} from '../../bench/soak/single-lambda/single-lambda-soak.ts';
import { soak } from '../../bench/soak/soak.ts';
import type { SoakOptions } from '../../bench/soak/soak-options.ts';
import { withAssembly } from '../../bench/with-assembly.ts';
import { HOUR_MS } from '../../functions/shared/durations.ts';

function options(changes: Partial<SoakOptions>): SoakOptions {
  return {
    assemblyDirectory: inject('assemblyDirectory'),
    days: 1,
    secrets: 2,
    faultRate: 0.1,
    seed: 4,
    schedule: 'rate(8 hours)',
    window: '1h',
    operatorAfterMs: 4 * HOUR_MS,
    retryToken: 'same',
    alternating: false,
    people: false,
    pendingAfterForeignWrite: 'removed',
    refreshRevokesAccessTokens: true,
    reuseRevokesLineage: false,
    ...changes,
  };
}

describe('the single Lambda function used for comparison', () => {
  it('keeps every consumer working while nothing fails, and loses tokens when calls fail', async () => {
    const run = (changes: Partial<SoakOptions>) =>
      withAssembly(
        assemblyDirectory => singleLambdaSoak(options({ assemblyDirectory, ...changes })),
        synthesizeSingleLambda,
      );

    const undisturbed = await run({ faultRate: 0 });
    const disturbed = await run({ faultRate: 0.2, days: 2 });

    expect(undisturbed).toStrictEqual({
      rotations: 13,
      tokensLost: 0,
      rescues: 0,
      consumerCalls: 112,
      consumerFailures: 0,
    });
    expect(disturbed.tokensLost).toBeGreaterThan(0);
    expect(disturbed.rescues).toBeGreaterThanOrEqual(disturbed.tokensLost);
    expect(disturbed.consumerFailures).toBeGreaterThan(0);
  });
});

/** Hundreds of rotations in real processes take minutes on a busy machine. */
const TIMEOUT_MS = 300_000;

describe('soak', { timeout: TIMEOUT_MS }, () => {
  it('rotates on schedule and keeps every consumer working while nothing fails', async () => {
    const figures = await soak(options({ faultRate: 0 }));

    expect(figures).toStrictEqual({
      rotations: 13,
      faultsInjected: 0,
      executionsFailed: 0,
      redrives: 0,
      humanActions: 0,
      reauthorisations: 0,
      alternateLogins: 0,
      grantsLost: 0,
      lossesNotReported: 0,
      lostInTransit: 0,
      unrecoverable: 0,
      consumerCalls: 112,
      consumerFailures: 0,
      failuresByPeople: 0,
      failuresWithTwoGrants: 0,
      longestOutageSeconds: 0,
      leaks: 0,
    });
  });

  it('keeps every consumer of the published access token working while nothing fails', async () => {
    const figures = await withAssembly(
      assemblyDirectory => soak(options({ assemblyDirectory, published: true, faultRate: 0 })),
      synthesizePublishing,
    );

    expect(figures).toMatchObject({
      rotations: 13,
      consumerCalls: 112,
      consumerFailures: 0,
      longestOutageSeconds: 0,
      leaks: 0,
    });
  });

  it.each(['same', 'fresh'] as const)(
    'loses no refresh token that could be saved when one call in ten fails and retries use the %s ClientRequestToken',
    async retryToken => {
      const figures = await soak(options({ retryToken }));

      expect(figures).toMatchObject({ unrecoverable: 0, leaks: 0 });
      expect(figures.lostInTransit).toBe(figures.reauthorisations);
      expect(figures.rotations).toBeGreaterThan(5);
      expect(figures.faultsInjected).toBeGreaterThan(15);
      expect(figures.redrives).toBeGreaterThan(2);
    },
  );

  it.each([
    ['same', 'removed', true],
    ['fresh', 'kept', false],
  ] as const)(
    'loses no refresh token that could be saved when people interfere, retries use the %s ClientRequestToken and AWSPENDING is %s',
    async (retryToken, pendingAfterForeignWrite, reuseRevokesLineage) => {
      const figures = await soak(
        options({
          people: true,
          faultRate: 0.05,
          schedule: 'rate(4 hours)',
          retryToken,
          pendingAfterForeignWrite,
          reuseRevokesLineage,
        }),
      );

      expect(figures).toMatchObject({ unrecoverable: 0, leaks: 0 });
      expect(figures.rotations).toBeGreaterThan(10);
      expect(figures.humanActions).toBeGreaterThan(10);
    },
  );

  it('keeps every consumer working when secrets have two grants, and reports each lost grant', async () => {
    const figures = await soak(options({ alternating: true, people: true, faultRate: 0.05, days: 3 }));

    expect(figures).toMatchObject({
      unrecoverable: 0,
      leaks: 0,
      failuresWithTwoGrants: 0,
      lossesNotReported: 0,
    });
    expect(figures.consumerFailures).toBe(figures.failuresByPeople);
    expect(figures.grantsLost).toBeGreaterThan(0);
    expect(figures.humanActions).toBeGreaterThan(10);
  });

  it.each([false, true])('gives the same figures with the same seed (people: %s)', async people => {
    const changes = { secrets: 1, faultRate: 0.2, people };
    const first = await soak(options(changes));
    const second = await soak(options(changes));
    const other = await soak(options({ ...changes, seed: 5 }));

    expect(first.faultsInjected).toBeGreaterThan(5);
    expect(second).toStrictEqual(first);
    expect(other).not.toStrictEqual(first);
  });
});
