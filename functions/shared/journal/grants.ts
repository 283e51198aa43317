import type { RequestFields } from '../input/request.ts';
import type { Credential } from '../secrets/secret-value.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type Journal, type LineageState, type PairIdentity, readLineage } from './journal.ts';

/** Which login a refresh token belongs to, and the number of its pair. */
export type TokenPosition = Pick<PairIdentity, 'lineage' | 'generation'>;

/** A pair, and where AWSCURRENT's own refresh token was when the rotation got it. */
export interface PlacedPair extends TokenPosition {
  readonly current: TokenPosition;
}

/** Reads a pair and its place from a request. */
export function parsePlacedPair(pair: RequestFields): PlacedPair {
  return { ...parsePosition(pair), current: parsePosition(pair.object('current')) };
}

/** Reads a position from a request. */
export function parsePosition(position: RequestFields): TokenPosition {
  return { lineage: position.id('lineage'), generation: position.count('generation') };
}

/** A login that a credential holds a refresh token of. */
export interface Grant {
  readonly refreshToken: string;
  readonly fingerprint: string;
  readonly known: LineageState;
}

/** The grants of a credential, as the journal knows them. */
export interface Grants {
  /** The one whose access token consumers hold. */
  readonly current: Grant;
  /** The other one; undefined where there is none, or both refresh tokens are of the same login. */
  readonly alternate: Grant | undefined;
}

/**
 * Looks up what the refresh tokens of a credential have become.
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

/** Whether a grant cannot be exchanged any more: Genesys Cloud rejected its newest token, or nobody has that token. */
export function isDead({ known }: Grant): boolean {
  return known.token.status === 'rejected' || known.token.status === 'exchanged';
}

/** Where the refresh token of AWSCURRENT is. */
export function positionOf({ known }: Grant): TokenPosition {
  return { lineage: known.lineage, generation: known.asked.generation };
}

/**
 * How AWSCURRENT stands to a pair: `behind` it, or holding it; `ahead`, because another rotation was faster; or of
 * `another` login, because someone logged in since.
 */
export function standingOf(pair: PlacedPair, grants: Grants): 'behind' | 'ahead' | 'another' {
  const now = positionOf(grants.current);
  const isAhead = (then: TokenPosition) => (now.generation > then.generation ? 'ahead' : 'behind');
  if (now.lineage === pair.lineage) return isAhead(pair);
  const isOfAlternate =
    grants.alternate?.known.lineage === pair.lineage && now.lineage === pair.current.lineage;
  return isOfAlternate ? isAhead(pair.current) : 'another';
}
