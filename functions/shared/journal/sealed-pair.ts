import { InvalidRotationRequest } from '../errors.ts';
import { instantOf, jsonObject } from '../input/parse.ts';
import type { TokenPair } from '../secrets/secret-value.ts';
import type { ExchangedPair, SealedPair } from './journal.ts';
import { newSeal, openSeal, type SealKey } from './sealed-blob.ts';

/** A pair in plaintext, and the exchange that it results from. */
export interface OpenedPair extends ExchangedPair {
  readonly tokens: TokenPair;
}

/** Seals one pair; a call after the first throws. */
export type SealPair = (
  tokens: TokenPair,
  pair: Pick<ExchangedPair, 'fingerprint' | 'issuedAt' | 'exchangedFingerprint' | 'exchangeId'>,
) => ExchangedPair;

/**
 * Prepares to seal the pair of an upcoming exchange, so that nothing can fail after the response. The exchange is sealed
 * with the pair, so that nobody can alter it in the execution's state.
 */
export async function pairSeal(
  key: SealKey,
  secretArn: string,
  lineage: string,
  generation: number,
): Promise<SealPair> {
  const seal = await newSeal(key, pairContext(secretArn, { lineage, generation }));
  return (tokens, pair) => {
    const { fingerprint, issuedAt, exchangedFingerprint, exchangeId } = pair;
    const content = { ...tokens, fingerprint, issuedAt, exchangedFingerprint, exchangeId };
    return {
      ...pair,
      lineage,
      generation,
      expiresAt: tokens.expiresAt,
      sealedPair: seal.seal(JSON.stringify(content)),
    };
  };
}

/**
 * Opens a sealed pair.
 *
 * @throws InvalidRotationRequest it was altered, or is not a sealed pair
 * @throws InvalidCiphertextException (KMS) it was sealed for another secret, lineage or generation
 */
export async function openPair(
  key: SealKey,
  secretArn: string,
  { lineage, generation, sealedPair }: Pick<SealedPair, 'lineage' | 'generation' | 'sealedPair'>,
): Promise<OpenedPair> {
  const content = jsonObject(
    await openSeal(key, pairContext(secretArn, { lineage, generation }), sealedPair),
  );
  const { accessToken, refreshToken, fingerprint, exchangedFingerprint, exchangeId } = content ?? {};
  const issuedAt = instantOf(content?.issuedAt);
  if (
    typeof accessToken !== 'string' ||
    typeof refreshToken !== 'string' ||
    typeof fingerprint !== 'string' ||
    typeof exchangedFingerprint !== 'string' ||
    typeof exchangeId !== 'string' ||
    issuedAt === undefined
  ) {
    throw new InvalidRotationRequest(`The sealed pair for secret ${secretArn} is incomplete.`);
  }
  const expiresAt = instantOf(content?.expiresAt);
  return {
    lineage,
    generation,
    fingerprint,
    exchangedFingerprint,
    exchangeId,
    issuedAt,
    expiresAt,
    sealedPair,
    tokens: { accessToken, refreshToken, ...(expiresAt && { expiresAt }) },
  };
}

function pairContext(secretArn: string, { lineage, generation }: Pick<SealedPair, 'lineage' | 'generation'>) {
  return { secretArn, holds: 'token-pair', lineage, generation: String(generation) } as const;
}
