import {
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { AccessTokenExpired, InvalidRotationRequest, InvalidSecret, NewerLogin } from '../shared/errors.ts';
import { requestFields } from '../shared/input/request.ts';
import { outlivesGap } from '../shared/journal/exchange-plan.ts';
import { fingerprintOf } from '../shared/journal/fingerprint.ts';
import {
  compareWithCurrent,
  isLost,
  type PositionedPair,
  parsePosition,
  readGrants,
  type TokenPosition,
} from '../shared/journal/grants.ts';
import {
  type Journal,
  readNewestPair,
  readToken,
  recordExchange,
  recordStored,
  type SealedPair,
  type TokenItem,
} from '../shared/journal/journal.ts';
import { openSeal, type SealKey } from '../shared/journal/sealed-blob.ts';
import { type OpenedPair, openPair } from '../shared/journal/sealed-pair.ts';
import { isClientFault } from '../shared/secrets/pending-label.ts';
import {
  type Credential,
  hasLostAlternate,
  MAX_VALUE_BYTES,
  withTokens,
} from '../shared/secrets/secret-value.ts';
import {
  derivedVersionId,
  describeSecret,
  readCurrent,
  readUntil,
  type Sleep,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';

/** The request of the state StorePending. */
export interface StorePendingRequest extends LogSubject {
  readonly pair: Pick<SealedPair, 'lineage' | 'generation' | 'fingerprint' | 'sealedPair'>;
  /** The position of AWSCURRENT's refresh token when the rotation got the pair. */
  readonly current: TokenPosition;
  /** Null when Secrets Manager sent no RotationToken. */
  readonly sealedRotationToken: string | null;
}

/** Dependencies of `storePending`. */
export interface StorePendingDependencies extends SealKey {
  readonly secrets: SecretsManagerClient;
  readonly journal: Journal;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** The longest time from one rotation to the next, in ms. */
  readonly longestGapMs: number;
}

/** The version with the new tokens, and the version that it replaces. */
export interface StorePendingResult {
  readonly pendingVersionId: string;
  readonly baseVersionId: string;
  /** Whether this rotation has dropped the lost alternate grant of AWSCURRENT. */
  readonly lostAlternate: boolean;
}

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseStorePendingRequest(event: unknown): StorePendingRequest {
  const request = requestFields('The request of the state StorePending', event);
  const pair = request.object('pair');
  return {
    secretArn: request.secretArn('secretArn'),
    versionId: request.id('versionId'),
    pair: {
      ...parsePosition(pair),
      fingerprint: pair.id('fingerprint'),
      sealedPair: pair.string('sealedPair'),
    },
    current: parsePosition(pair.object('current')),
    sealedRotationToken: request.nullableString('sealedRotationToken'),
    execution: request.executionArn('execution'),
    state: request.id('state'),
  };
}

/**
 * Records the pair in the journal if Refresh could not, merges it into the value of AWSCURRENT, and stores the result as
 * the pending version. Changes to other keys are kept. A pair of the alternate grant replaces AWSCURRENT's pair, which
 * becomes the alternate one. Safe to repeat: the same value goes to the same version.
 *
 * @throws NewerLogin         AWSCURRENT holds a newer login, which stays
 * @throws AccessTokenExpired the pair is not the newest of its login, does not last until the next rotation, or has been
 *         promoted and replaced since
 * @throws InvalidSecret      AWSCURRENT is not a complete credential, or is too large
 * @throws InvalidRotationRequest the sealed pair was altered
 */
export async function storePending(
  request: StorePendingRequest,
  dependencies: StorePendingDependencies,
): Promise<StorePendingResult> {
  const { secretArn } = request;
  const { secrets, journal, sleep } = dependencies;
  const { lineage, fingerprint } = request.pair;
  const opening = openPair(dependencies, secretArn, request.pair);
  const reading = readCurrent(secrets, secretArn, sleep, async credential => {
    const alternate = credential.alternateRefreshToken && credential.refreshToken;
    assertFits(withTokens(credential, (await opening).tokens, alternate), secretArn);
  });
  // Awaited after recording the pair: an unreadable AWSCURRENT must not prevent that.
  reading.catch(() => {});
  const [pair, rotationToken, token, newest] = await Promise.all([
    opening,
    openRotationToken(request, dependencies),
    readToken(journal, secretArn, fingerprint),
    readNewestPair(journal, secretArn, lineage),
  ]);
  if (pair.fingerprint !== fingerprint) {
    throw new InvalidRotationRequest(
      `The sealed pair for secret ${secretArn} does not match its fingerprint.`,
    );
  }
  // If the response kept the refresh token, its item is still marked by that exchange.
  const isRecorded = token !== undefined && token.exchange?.id !== pair.exchangeId;
  if (!isRecorded) {
    await recordExchange(journal, secretArn, pair);
    log('info', 'exchange recorded', request);
  }
  const current = await reading;
  assertUsable(pair, isRecorded ? token : undefined, newest, secretArn, dependencies);
  const positioned = { ...pair, current: request.current };
  const alternate = await alternateRefreshTokenFor(positioned, current.credential, secretArn, journal);

  const value = withTokens(current.credential, pair.tokens, alternate);
  const pendingVersionId = await putPending(request, value, rotationToken, dependencies);
  await recordStored(journal, fingerprint, pendingVersionId);
  const baseVersionId = current.versionId;
  // If AWSCURRENT already has the pair, it was promoted without the grant and edited since.
  const hasPair = current.credential.accessToken === pair.tokens.accessToken;
  const lostAlternate = alternate === null || (hasPair && hasLostAlternate(current.credential));
  log('info', 'stored pending', request, { pendingVersionId, baseVersionId, lostAlternate });
  return { pendingVersionId, baseVersionId, lostAlternate };
}

/** The rotation continues without a RotationToken that cannot be opened: the credential is more important. */
async function openRotationToken(
  request: StorePendingRequest,
  dependencies: StorePendingDependencies,
): Promise<string | undefined> {
  const { secretArn, versionId, sealedRotationToken } = request;
  if (sealedRotationToken === null) return undefined;
  try {
    return await openSeal(
      dependencies,
      { secretArn, versionId, holds: 'rotation-token' },
      sealedRotationToken,
    );
  } catch (error) {
    log('warn', 'rotation token not opened', request, {
      error: error instanceof Error ? error.name : 'unknown',
    });
    return undefined;
  }
}

function assertFits(value: string, secretArn: string): void {
  if (Buffer.byteLength(value) <= MAX_VALUE_BYTES) return;
  throw new InvalidSecret(
    `The value of secret ${secretArn} would be larger than ${MAX_VALUE_BYTES} bytes with the new tokens. They are safe in the journal. Remove or shorten other keys, then redrive the execution.`,
  );
}

function assertUsable(
  pair: OpenedPair,
  token: TokenItem | undefined,
  newest: SealedPair | undefined,
  secretArn: string,
  { longestGapMs, now }: StorePendingDependencies,
): void {
  const isReplaced =
    (newest !== undefined && isNewer(newest, pair)) || (token !== undefined && token.status !== 'issued');
  if (isReplaced) {
    throw new AccessTokenExpired(
      `The token pair of this rotation of secret ${secretArn} is no longer the newest of its login. The rotation continues with the newest one.`,
    );
  }
  if (!outlivesGap(pair, { longestGapMs, now: now() })) {
    throw new AccessTokenExpired(
      `The access token for secret ${secretArn}, issued at ${pair.issuedAt.toISOString()}, does not last until the next rotation. Its refresh token is exchanged.`,
    );
  }
}

function isNewer(newest: SealedPair, pair: OpenedPair): boolean {
  if (newest.generation !== pair.generation) return newest.generation > pair.generation;
  return newest.issuedAt > pair.issuedAt;
}

/**
 * The alternate refresh token of the value to store: null for a lost one, undefined if the key does not change.
 */
async function alternateRefreshTokenFor(
  pair: OpenedPair & PositionedPair,
  credential: Credential,
  secretArn: string,
  journal: Journal,
): Promise<string | null | undefined> {
  if (credential.alternateRefreshToken === undefined) {
    await assertSameLogin(pair, credential, secretArn, journal);
    return undefined;
  }
  const grants = await readGrants(journal, secretArn, credential);
  switch (compareWithCurrent(pair, grants)) {
    case 'another':
      throw newerLogin(secretArn);
    case 'ahead':
      throw new AccessTokenExpired(
        `AWSCURRENT of secret ${secretArn} holds a newer token pair than this rotation.`,
      );
    case 'behind':
      break;
  }
  const { current, alternate } = grants;
  if (current.known.lineage !== pair.lineage) return credential.refreshToken;
  return alternate === undefined || isLost(alternate) ? null : undefined;
}

/** Compares by the journal, not by version ids or dates: an edit or a rollback keeps the login, a new login changes it. */
async function assertSameLogin(
  { lineage, fingerprint, exchangedFingerprint }: OpenedPair,
  current: Credential,
  secretArn: string,
  journal: Journal,
): Promise<void> {
  const currentFingerprint = fingerprintOf(current);
  if (currentFingerprint === exchangedFingerprint || currentFingerprint === fingerprint) return;
  const token = await readToken(journal, secretArn, currentFingerprint);
  if ((token?.lineage ?? currentFingerprint) === lineage) return;
  throw newerLogin(secretArn);
}

function newerLogin(secretArn: string): NewerLogin {
  return new NewerLogin(
    `AWSCURRENT of secret ${secretArn} holds a newer login than the one that this rotation refreshed. The newer login stays.`,
  );
}

/**
 * Stores the value with the rotation's version id. If that version already holds another value, it is immutable, and the
 * id is derived from the value instead.
 */
async function putPending(
  request: StorePendingRequest,
  value: string,
  rotationToken: string | undefined,
  dependencies: StorePendingDependencies,
): Promise<string> {
  const { secretArn, versionId } = request;
  const { secrets } = dependencies;
  const put = async (id: string, token: string | undefined): Promise<readonly string[]> => {
    const { VersionStages = [] } = await secrets.send(
      new PutSecretValueCommand({
        SecretId: secretArn,
        ClientRequestToken: id,
        SecretString: value,
        VersionStages: ['AWSPENDING'],
        RotationToken: token,
      }),
    );
    return VersionStages;
  };
  const putAs = async (id: string): Promise<string> => {
    const stages = await put(id, rotationToken).catch(error => {
      if (rotationToken === undefined || error instanceof ResourceExistsException || !isClientFault(error)) {
        throw error;
      }
      // The invocation that it belongs to is over. Even if Secrets Manager reports the rotation as failed, the credential
      // is promoted, and the next attempt finds it current.
      log('warn', 'rotation token refused', request, { error: error.name });
      return put(id, undefined);
    });
    const isLabelled = stages.includes('AWSPENDING') || stages.includes('AWSCURRENT');
    if (!isLabelled) await takePendingLabel(request, id, dependencies);
    return id;
  };
  return putAs(versionId).catch(error => {
    if (!(error instanceof ResourceExistsException)) throw error;
    return putAs(derivedVersionId(versionId, value));
  });
}

/**
 * Moves AWSPENDING to a version, which a repeated PutSecretValue does not do (AWS Secrets Manager API Reference,
 * PutSecretValue). Safe to repeat: if Secrets Manager refuses the call after a stale read, or because the label has
 * already moved, the next read shows it.
 */
async function takePendingLabel(
  { secretArn }: StorePendingRequest,
  versionId: string,
  { secrets, sleep }: StorePendingDependencies,
): Promise<void> {
  const read = async (): Promise<string | undefined> =>
    versionWithStage(await describeSecret(secrets, secretArn), 'AWSPENDING');
  const holderId = await read();
  if (holderId === versionId) return;
  try {
    await moveLabel(holderId);
  } catch (error) {
    if (!isClientFault(error)) throw error;
    const nowId = await readUntil(id => id !== holderId, read, sleep);
    if (nowId === holderId) throw error;
    if (nowId !== versionId) await moveLabel(nowId);
  }

  async function moveLabel(fromId: string | undefined): Promise<void> {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSPENDING',
        MoveToVersionId: versionId,
        RemoveFromVersionId: fromId,
      }),
    );
  }
}
