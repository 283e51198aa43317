import type { RequestFields } from '../input/request.ts';
import type { Credential } from '../secrets/secret-value.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type Journal, type LineageState, type PairIdentity, readLineage } from './journal.ts';

/** Which login a refresh token belongs to, and the number of its pair. */
export type TokenPosition = Pick<PairIdentity, 'lineage' | 'generation'>;

/** A pair, and the position of AWSCURRENT's refresh token when the rotation got the pair. */
export interface PositionedPair extends TokenPosition {
  readonly current: TokenPosition;
}

/** Reads a positioned pair from a request. */
export function parsePositionedPair(pair: RequestFields): PositionedPair {
  return { ...parsePosition(pair), current: parsePosition(pair.object('current')) };
}

/** Reads a position from a request. */
export function parsePosition(position: RequestFields): TokenPosition {
  return { lineage: position.id('lineage'), generation: position.count('generation') };
}

/** A login whose refresh token a credential holds. */
export interface Grant {
  readonly refreshToken: string;
  readonly fingerprint: string;
  readonly known: LineageState;
}

/** The grants of a credential, with their state in the journal. */
export interface Grants {
  /** The grant whose access token consumers hold. */
  readonly current: Grant;
  /** The other grant; undefined if there is none, or both refresh tokens are of the same login. */
  readonly alternate: Grant | undefined;
}

/**
 * Looks up the refresh tokens of a credential in the journal.
 *
 * @throws SharedLogin another secret rotates one of the logins
 */
export async function readGrants(
  journal: Journal,
  secretArn: string,
  { clientId, refreshToken, alternateRefreshToken }: Credential,
): Promise<Grants> {
  const read = async (token: string): Promise<Grant> => {
    const fingerprint = fingerprintOf({ clientId, refreshToken: token });
    return { refreshToken: token, fingerprint, known: await readLineage(journal, secretArn, fingerprint) };
  };
  const [current, alternate] = await Promise.all([
    read(refreshToken),
    alternateRefreshToken === undefined ? undefined : read(alternateRefreshToken),
  ]);
  return {
    current,
    alternate: alternate?.known.lineage === current.known.lineage ? undefined : alternate,
  };
}

/** Whether a grant no longer works: its newest token was rejected, or was exchanged and its successor is not recorded. */
export function isLost({ known }: Grant): boolean {
  return known.token.status === 'rejected' || known.token.status === 'exchanged';
}

/** The position of a grant's refresh token in its lineage. */
export function positionOf({ known }: Grant): TokenPosition {
  return { lineage: known.lineage, generation: known.requested.generation };
}

/**
 * Compares AWSCURRENT with a pair. `behind`: AWSCURRENT is older than the pair, or holds it. `ahead`: another rotation
 * has promoted a newer pair. `another`: someone has logged in since.
 */
export function compareWithCurrent(pair: PositionedPair, grants: Grants): 'behind' | 'ahead' | 'another' {
  const now = positionOf(grants.current);
  const compare = (then: TokenPosition) => (now.generation > then.generation ? 'ahead' : 'behind');
  if (now.lineage === pair.lineage) return compare(pair);
  const isOfAlternate =
    grants.alternate?.known.lineage === pair.lineage && now.lineage === pair.current.lineage;
  return isOfAlternate ? compare(pair.current) : 'another';
}
