import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type GrantCount, InterleavedWorld } from './interleaved-world.ts';

/** Set these variables to try different or more walks. */
const { WALKS_SEED = '1', WALKS = '120' } = process.env;

/** The maximum number of unusual moves in one walk, by kind. */
const BUDGETS = { fault: 3, person: 2, stale: 2, time: 1, late: 3 } as const;

/** With two grants: what the protocol survives. With more, a lost grant may leave consumers without a valid token. */
const ALTERNATING_BUDGETS = [
  { fault: 1, person: 1, stale: 1, time: 0, late: 1 },
  { fault: 1, person: 1, stale: 0, time: 1, late: 1 },
  { fault: 2, person: 0, stale: 1, time: 1, late: 2 },
] as const;

const variant = fc.record({
  refreshRevokesAccess: fc.boolean(),
  reuse: fc.constantFrom('rejects' as const, 'revokes' as const),
  putTakesPending: fc.boolean(),
});

/** One choice: the number of the move, and whether to take an unusual one if possible. */
const choice = fc.record({
  number: fc.nat(),
  isUnusual: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

beforeEach(() => {
  for (const method of ['log', 'info', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});

describe('the functions of the workflow, interleaved call by call', () => {
  const walk = fc.array(choice, { minLength: 20, maxLength: 120 });

  it('exchange each refresh token once, and find its successor from any older one', async () => {
    await assertWalks(fc.constant(BUDGETS), 1);
  });

  it('never invalidate the access token that consumers hold while the secret has two working grants', async () => {
    await assertWalks(fc.constantFrom(...ALTERNATING_BUDGETS), 2);
  });

  async function assertWalks(
    budgets: fc.Arbitrary<Readonly<Record<keyof typeof BUDGETS, number>>>,
    grants: GrantCount,
  ): Promise<void> {
    const property = fc.asyncProperty(variant, budgets, walk, async (behaviour, budget, choices) => {
      const world = await InterleavedWorld.start(behaviour, behaviour, grants);
      try {
        const left = { ...budget };
        for (const { number, isUnusual } of choices) {
          const moves = world.moves();
          const usual = moves.filter(({ budget }) => budget === undefined);
          const unusual = moves.filter(({ budget }) => budget !== undefined && left[budget] > 0);
          const from = (isUnusual && unusual.length > 0) || usual.length === 0 ? unusual : usual;
          const move = from[number % from.length];
          if (move === undefined) break;
          if (move.budget !== undefined) left[move.budget] -= 1;
          await world.take(move);
          expect(world.violations).toEqual([]);
        }
        await world.recover();
        expect(world.violations).toEqual([]);
      } finally {
        await world.close();
      }
    });

    await fc.assert(property, { seed: Number(WALKS_SEED), numRuns: Number(WALKS) });
  }
});
