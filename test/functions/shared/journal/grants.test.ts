import { describe, expect, it } from 'vitest';
import {
  compareWithCurrent,
  type Grant,
  type Grants,
  isLost,
  type TokenPosition,
} from '../../../../functions/shared/journal/grants.ts';
import type { TokenItem } from '../../../../functions/shared/journal/journal.ts';
import { tokenItem } from '../../../helpers/journal-items.ts';

/** A grant whose token in AWSCURRENT is at a position; its newest token has a status. */
function grant({ lineage, generation }: TokenPosition, status: TokenItem['status'] = 'issued'): Grant {
  const requested = tokenItem({ fingerprint: `${lineage}${generation}`, lineage, generation, status });
  return {
    refreshToken: `${lineage}${generation}`,
    fingerprint: requested.fingerprint,
    known: { lineage, requested, token: requested, pair: undefined },
  };
}

const at = (lineage: string, generation: number): TokenPosition => ({ lineage, generation });

function holding(current: TokenPosition, alternate?: TokenPosition): Grants {
  return { current: grant(current), alternate: alternate && grant(alternate) };
}

describe('compareWithCurrent', () => {
  /** The pair of an exchange of the alternate grant, and of the grant in use, from an AWSCURRENT with a1 and s1. */
  const ALTERNATE = { ...at('s', 2), current: at('a', 1) };
  const IN_USE = { ...at('a', 2), current: at('a', 1) };

  it.each([
    ['of the grant in use is the next one for AWSCURRENT', IN_USE, holding(at('a', 1), at('s', 1)), 'behind'],
    ['is already promoted', IN_USE, holding(at('a', 2), at('s', 1)), 'behind'],
    ['follows an older value that was put back', IN_USE, holding(at('a', 0), at('s', 0)), 'behind'],
    ['is older than AWSCURRENT', IN_USE, holding(at('a', 3), at('s', 1)), 'ahead'],
    [
      'of the alternate grant is the next one for AWSCURRENT',
      ALTERNATE,
      holding(at('a', 1), at('s', 1)),
      'behind',
    ],
    ['of the alternate grant is already promoted', ALTERNATE, holding(at('s', 2), at('a', 1)), 'behind'],
    ['was promoted and replaced since', ALTERNATE, holding(at('a', 2), at('s', 2)), 'ahead'],
    ['kept its refresh token', { ...ALTERNATE, ...at('s', 1) }, holding(at('a', 1), at('s', 1)), 'behind'],
    [
      'finds another login instead of the grant in use',
      ALTERNATE,
      holding(at('b', 0), at('s', 1)),
      'another',
    ],
    ['finds another login instead of its own grant', ALTERNATE, holding(at('a', 1), at('n', 0)), 'another'],
    ['finds AWSCURRENT without its grant', ALTERNATE, holding(at('a', 1)), 'another'],
    ['finds another login', IN_USE, holding(at('b', 0)), 'another'],
  ] as const)('a pair that %s', (_situation, pair, grants, comparison) => {
    expect(compareWithCurrent(pair, grants)).toBe(comparison);
  });
});

describe('isLost', () => {
  it.each([
    ['issued', false],
    ['exchanging', false],
    ['exchanged', true],
    ['rejected', true],
  ] as const)('a grant whose newest token is %s: %s', (status, lost) => {
    expect(isLost(grant(at('s', 1), status))).toBe(lost);
  });
});
