import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HOUR_MS } from '../shared/durations.ts';
import {
  AlternateGrantRejected,
  ClientRejected,
  ExchangeInProgress,
  ExchangeUnsettled,
  GenesysRateLimited,
  GenesysUnavailable,
  NewerLogin,
  RefreshTokenRejected,
} from '../shared/errors.ts';
import { TOKEN_TIMEOUT_MS, timeoutWithin } from '../shared/genesys/timeouts.ts';
import { refreshTokens } from '../shared/genesys/token-endpoint.ts';
import type { GenesysUrlsOf } from '../shared/genesys/urls.ts';
import { requestFields } from '../shared/input/request.ts';
import { outlivesGap, planExchange } from '../shared/journal/exchange-plan.ts';
import { fingerprintOf } from '../shared/journal/fingerprint.ts';
import {
  compareWithCurrent,
  type Grant,
  type Grants,
  isLost,
  type PositionedPair,
  parsePositionedPair,
  positionOf,
  readGrants,
  type TokenPosition,
} from '../shared/journal/grants.ts';
import {
  type Attempt,
  beginExchange,
  type Exchange,
  type ExchangedPair,
  endExchange,
  type Journal,
  type LineageState,
  recordExchange,
  recordLogin,
  type SealedPair,
  type TokenItem,
  wasPresented,
} from '../shared/journal/journal.ts';
import type { SealKey } from '../shared/journal/sealed-blob.ts';
import { openPair, pairSeal } from '../shared/journal/sealed-pair.ts';
import { assertNamesHost, type Credential, type TokenPair } from '../shared/secrets/secret-value.ts';
import {
  belongsToRotation,
  currentMovedTo,
  MAX_READ_LAG_MS,
  readCurrent,
  type Sleep,
  type StoredCredential,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';
import type { ExecutionState } from './execution-state.ts';

/** The request of the states Refresh, Failover and RefreshAgain. */
export interface RefreshRequest extends LogSubject {
  readonly attempt: Attempt;
  /** The pair that this rotation has but cannot use; undefined in Refresh and Failover, which have none yet. */
  readonly replaces: PositionedPair | undefined;
  /** Whether to skip an alternate grant that is lost according to the journal. Refresh presents it again. */
  readonly skipsDeadGrant: boolean;
}

/** Dependencies of `refresh`. */
export interface RefreshDependencies extends SealKey {
  readonly secrets: SecretsManagerClient;
  /** Whether an execution can still use the pair in its state. */
  readonly stateOf: (executionArn: string) => Promise<ExecutionState>;
  readonly journal: Journal;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** The longest time from one rotation to the next, in ms. */
  readonly longestGapMs: number;
  /** Whether the secret must name its Genesys Cloud host. */
  readonly hostRequired?: boolean;
}

/** The newest pair, sealed, as the execution's state holds it. */
export interface RefreshResult extends PositionedPair {
  readonly fingerprint: string;
  readonly sealedPair: string;
  /** When Genesys Cloud issued the pair (ISO 8601). */
  readonly issuedAt: string;
  /** When its access token expires (ISO 8601); null when the response had no `expires_in`. */
  readonly expiresAt: string | null;
}

/** Maximum rounds of an attempt while the journal keeps changing. Then Step Functions retries. */
const MAX_ROUNDS = 3;

/** The time to record and return the pair after the token endpoint's response, in ms. */
export const RECORD_RESERVE_MS = 3_000;

/** Covers, in ms, the clock skew between two functions and the time in which Genesys Cloud drops an aborted request. */
export const DEADLINE_MARGIN_MS = 5_000;

/** The longest lifetime of an access token, in ms (Genesys Cloud Resource Center, "Create an OAuth client"). */
const MAX_LIFETIME_MS = 48 * HOUR_MS;

/** The exchange id of a pair that comes from a login, not from an exchange. */
const NO_EXCHANGE = 'login';

/** Maximum Retry-After to wait for in the function, in ms. Step Functions does longer waits, which are not billed. */
const MAX_RETRY_AFTER_MS = 5_000;

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseRefreshRequest(event: unknown): RefreshRequest {
  const request = requestFields('The request of the state Refresh', event);
  const replaces = request.nullableObject('replaces');
  const execution = request.executionArn('execution');
  return {
    secretArn: request.secretArn('secretArn'),
    versionId: request.id('versionId'),
    attempt: {
      execution,
      redriveCount: request.count('redriveCount'),
      enteredAt: request.instant('enteredAt').toISOString(),
      retryCount: request.count('retryCount'),
    },
    replaces: replaces === null ? undefined : parsePositionedPair(replaces),
    skipsDeadGrant: request.boolean('skipsDeadGrant'),
    execution,
    state: request.id('state'),
  };
}

/**
 * Gets the newest token pair of AWSCURRENT's login. It uses the recorded pair if AWSCURRENT does not hold it yet and it
 * lasts; otherwise it exchanges the newest refresh token. If AWSCURRENT has an alternate grant, it gets the newest pair
 * of that grant instead. If that grant is lost, it is skipped, and the grant in use is exchanged only if the access
 * token that consumers hold expires before the next rotation. If AWSCURRENT is already this rotation's version, its pair is kept if its access token lasts until the next rotation. The journal marks each exchange before it begins and records it afterwards. If
 * recording fails, the returned pair is the second copy, and either is enough.
 *
 * A rejected credential may be a stale read, right after someone logged in or fixed it. It counts as rejected only if
 * AWSCURRENT still shows it some seconds later.
 *
 * @throws AlternateGrantRejected the alternate grant no longer works, and the other one was not presented
 * @throws NewerLogin         AWSCURRENT holds another login than the pair to replace, or a newer pair
 * @throws SharedLogin        another secret rotates the login
 * @throws ExchangeInProgress another attempt exchanges the token, or promotes its pair
 * @throws ExchangeUnsettled  another execution, which failed and can be redriven, may hold the pair
 * @throws InvalidSecret, and the errors of `refreshTokens`
 */
export async function refresh(
  request: RefreshRequest,
  dependencies: RefreshDependencies,
): Promise<RefreshResult> {
  const { secretArn } = request;
  const { secrets, sleep, remainingMs, hostRequired = false } = dependencies;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const current = await readCurrent(secrets, secretArn, sleep, credential => {
      if (hostRequired) assertNamesHost(secretArn, credential);
    });
    try {
      const result = await newestPair(request, current, dependencies);
      if (result !== undefined) return result;
    } catch (error) {
      const isLost = error instanceof AlternateGrantRejected;
      const isRejected = isLost || error instanceof RefreshTokenRejected || error instanceof ClientRejected;
      const hasTime = remainingMs() >= MAX_READ_LAG_MS + RECORD_RESERVE_MS;
      const movedTo =
        isRejected && hasTime
          ? await currentMovedTo(secrets, secretArn, current.versionId, sleep)
          : undefined;
      if (movedTo !== undefined) continue;
      if (isLost) {
        log('warn', 'the alternate grant no longer works', request);
        writeMetrics(request, { LostGrants: 1 });
      }
      throw error;
    }
  }
  throw inProgress(secretArn, undefined);
}

/** @returns undefined when the journal changed before or during the exchange: read again */
async function newestPair(
  request: RefreshRequest,
  { credential, versionId }: StoredCredential,
  dependencies: RefreshDependencies,
): Promise<RefreshResult | undefined> {
  const { secretArn, replaces, skipsDeadGrant } = request;
  const grants = await readGrants(dependencies.journal, secretArn, credential);
  if (replaces !== undefined) assertReplaceable(replaces, grants, secretArn, dependencies);

  const { current, alternate } = grants;
  // A function that Step Functions no longer waits for must not end the access token that its rotation promoted.
  const isPromoted = replaces === undefined && belongsToRotation(versionId, request.versionId);
  let pair: SealedPair | undefined;
  if (isPromoted || alternate === undefined) {
    pair = await pairOf(current, credential, request, dependencies, { mayKeepCurrent: isPromoted });
  } else if (skipsDeadGrant && isLost(alternate)) {
    pair =
      (await pairOfLogin(current, credential, secretArn, dependencies)) ??
      (await pairOf(current, credential, request, dependencies, { mayKeepCurrent: true }));
  } else {
    pair = await pairOf(alternate, credential, request, dependencies).catch(error => {
      throw error instanceof RefreshTokenRejected ? alternateGrantRejected(secretArn) : error;
    });
  }
  return pair && resultOf(pair, positionOf(current));
}

/** @throws NewerLogin */
function assertReplaceable(
  replaces: PositionedPair,
  grants: Grants,
  secretArn: string,
  { longestGapMs, now }: RefreshDependencies,
): void {
  const { current, alternate } = grants;
  const comparison = compareWithCurrent(replaces, grants);
  if (comparison === 'another') {
    throw new NewerLogin(
      `AWSCURRENT of secret ${secretArn} holds a newer login than the one that this rotation refreshed. The newer login stays.`,
    );
  }
  // With a single grant, the plan of the exchange decides.
  if (comparison === 'behind' || alternate === undefined) return;
  const { pair } = current.known;
  if (pair?.fingerprint === current.fingerprint && outlivesGap(pair, { longestGapMs, now: now() })) {
    throw newerPair(secretArn);
  }
}

/**
 * AWSCURRENT's own pair, if the journal does not know its login and its access token lasts until the next rotation.
 * Its issue time is unknown, so the earliest possible time is assumed.
 */
async function pairOfLogin(
  { fingerprint, known }: Grant,
  { accessToken, refreshToken, expiresAt }: Credential,
  secretArn: string,
  dependencies: RefreshDependencies,
): Promise<SealedPair | undefined> {
  const { journal, longestGapMs, now } = dependencies;
  if (known.requested.revision !== undefined || accessToken === undefined || expiresAt === undefined) {
    return undefined;
  }
  const issuedAt = new Date(expiresAt.getTime() - MAX_LIFETIME_MS);
  if (!outlivesGap({ issuedAt, expiresAt }, { longestGapMs, now: now() })) return undefined;
  const sealPair = await pairSeal(dependencies, secretArn, known.lineage, 0);
  const pair = sealPair(
    { accessToken, refreshToken, expiresAt },
    { fingerprint, issuedAt, exchangedFingerprint: fingerprint, exchangeId: NO_EXCHANGE },
  );
  return (await recordLogin(journal, secretArn, pair)) ? pair : undefined;
}

/** @returns undefined when the journal changed before or during the exchange: read again */
async function pairOf(
  { refreshToken, fingerprint, known }: Grant,
  credential: Credential,
  request: RefreshRequest,
  dependencies: RefreshDependencies,
  { mayKeepCurrent = false } = {},
): Promise<SealedPair | undefined> {
  const { secretArn, attempt, replaces } = request;
  const { now, longestGapMs } = dependencies;
  const plan = planExchange(known, {
    currentFingerprint: fingerprint,
    attempt,
    avoidGeneration: replaces?.lineage === known.lineage ? replaces.generation : undefined,
    mayKeepCurrent,
    longestGapMs,
    now: now(),
  });
  switch (plan.kind) {
    case 'use':
      log('info', 'newest pair found in the journal', request, {
        issuedAt: plan.pair.issuedAt.toISOString(),
      });
      return plan.pair;
    case 'wait':
      throw inProgress(secretArn, plan.until);
    case 'superseded':
      throw newerPair(secretArn);
    case 'spent':
      throw new RefreshTokenRejected(
        `The refresh token of secret ${secretArn} was already exchanged, and the journal does not have its successor. It was not presented again. Log in again (authorize), then redrive the execution.`,
      );
    case 'settle':
      await assertNobodyElseHolds(plan.exchange, secretArn, dependencies);
  }
  return exchange(request, { ...credential, refreshToken }, known, dependencies);
}

/** @returns undefined when the journal changed before or during the exchange: read again */
async function exchange(
  request: RefreshRequest,
  credential: Credential,
  { token, pair }: LineageState,
  dependencies: RefreshDependencies,
): Promise<ExchangedPair | undefined> {
  const { secretArn, attempt } = request;
  const { journal, now, remainingMs } = dependencies;
  const refreshToken =
    pair !== undefined && token.fingerprint !== fingerprintOf(credential)
      ? (await openPair(dependencies, secretArn, pair)).tokens.refreshToken
      : credential.refreshToken;
  const sealPair = await pairSeal(dependencies, secretArn, token.lineage, (pair ?? token).generation + 1);
  // A response after the function's end is lost, so the request is sent only if its full timeout fits.
  if (remainingMs() < TOKEN_TIMEOUT_MS + RECORD_RESERVE_MS) throw outOfTime(secretArn);
  const deadline = new Date(now().getTime() + remainingMs() + DEADLINE_MARGIN_MS);
  const mark = await beginExchange(journal, secretArn, token, attempt, deadline);
  if (mark === undefined) return undefined;

  const startedAt = now();
  let tokens: TokenPair;
  try {
    tokens = await present({ ...credential, refreshToken }, token, request, dependencies);
  } catch (error) {
    const isSettled = await endRefusedExchange(error, token, mark, request, dependencies);
    if (isSettled) throw error;
    return undefined;
  }
  const issuedAt = now();
  const exchanged = sealPair(tokens, {
    fingerprint: fingerprintOf({ ...credential, refreshToken: tokens.refreshToken }),
    issuedAt,
    exchangedFingerprint: token.fingerprint,
    exchangeId: mark.id,
  });
  await recordExchange(journal, secretArn, exchanged).catch(error => {
    // StorePending records the pair from the execution's state.
    log('warn', 'exchange not recorded', request, { error: nameOf(error) });
  });
  report(request, exchanged, startedAt, credential.expiresAt, dependencies);
  return exchanged;
}

/** Presents the token, and retries if Genesys Cloud asks for a short wait: a rate-limited request had no effect. */
async function present(
  grant: Credential,
  token: TokenItem,
  { secretArn }: RefreshRequest,
  { genesysUrlsOf, remainingMs, now, sleep }: RefreshDependencies,
): Promise<TokenPair> {
  const send = (): Promise<TokenPair> =>
    refreshTokens(grant, {
      secretArn,
      loginUrl: genesysUrlsOf(grant.host).loginUrl,
      timeoutMs: timeoutWithin(TOKEN_TIMEOUT_MS, remainingMs(), RECORD_RESERVE_MS),
      presentedBefore: wasPresented(token),
      now,
    });
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof GenesysRateLimited)) throw error;
    const waitMs = (error.retryAfterSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    if (waitMs > MAX_RETRY_AFTER_MS || remainingMs() - waitMs < TOKEN_TIMEOUT_MS + RECORD_RESERVE_MS)
      throw error;
    await sleep(waitMs);
    return send();
  }
}

/**
 * Ends the mark of an exchange that returned no tokens. The mark stays if the request may have had an effect.
 *
 * @returns false when the token was rejected because another attempt has already exchanged it
 */
async function endRefusedExchange(
  error: unknown,
  { fingerprint }: TokenItem,
  mark: Exchange,
  request: RefreshRequest,
  { journal }: RefreshDependencies,
): Promise<boolean> {
  const isRejected = error instanceof RefreshTokenRejected;
  if (!isRejected && !hadNoEffect(error)) return true;
  try {
    const wasOwnMark = await endExchange(journal, fingerprint, mark, isRejected ? 'rejected' : 'issued');
    return wasOwnMark || !isRejected;
  } catch (failure) {
    // The mark expires at its deadline.
    log('warn', 'exchange not ended in the journal', request, { error: nameOf(failure) });
    return true;
  }
}

/** Whether a failed request certainly had no effect. An unexpected error may come after the response. */
function hadNoEffect(error: unknown): boolean {
  return (
    error instanceof ClientRejected ||
    error instanceof GenesysRateLimited ||
    error instanceof GenesysUnavailable
  );
}

/**
 * The state of the execution that began an exchange may hold its unrecorded pair. Do not present the token again while
 * that execution runs or can be redriven.
 */
async function assertNobodyElseHolds(
  { attempt: { execution }, deadline }: Exchange,
  secretArn: string,
  { stateOf }: RefreshDependencies,
): Promise<void> {
  const state = await stateOf(execution);
  if (state === 'running') throw inProgress(secretArn, deadline);
  if (state === 'over') return;
  throw new ExchangeUnsettled(
    `The newest refresh token of secret ${secretArn} was presented by execution ${execution}, which failed before its result was recorded and may hold the new pair. Nothing was spent. Redrive that execution first, then this one.`,
  );
}

function report(
  request: RefreshRequest,
  { issuedAt, expiresAt, generation }: ExchangedPair,
  startedAt: Date,
  replacedExpiresAt: Date | undefined,
  { longestGapMs }: RefreshDependencies,
): void {
  log('info', 'refreshed', request, { generation, expiresAt: expiresAt?.toISOString() ?? null });
  const lifetimeSeconds = secondsBetween(issuedAt, expiresAt);
  if (lifetimeSeconds !== undefined && lifetimeSeconds * 1_000 < longestGapMs) {
    log('warn', 'the access token may expire before the next rotation', request, {
      lifetimeSeconds,
      longestGapSeconds: longestGapMs / 1_000,
    });
  }
  writeMetrics(request, {
    RefreshTime: Math.max(0, issuedAt.getTime() - startedAt.getTime()),
    AccessTokenLifetime: lifetimeSeconds,
    RemainingTokenLifetime: secondsBetween(issuedAt, replacedExpiresAt),
  });
}

function resultOf(
  { lineage, generation, fingerprint, sealedPair, issuedAt, expiresAt }: SealedPair,
  current: TokenPosition,
): RefreshResult {
  return {
    lineage,
    generation,
    current,
    fingerprint,
    sealedPair,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function inProgress(secretArn: string, until: Date | undefined): ExchangeInProgress {
  const over = until === undefined ? '' : ` It ends by ${until.toISOString()}.`;
  return new ExchangeInProgress(
    `Another attempt is exchanging the refresh token of secret ${secretArn}, or promoting its pair.${over} Nothing was spent. Redrive the execution if it has failed.`,
  );
}

function newerPair(secretArn: string): NewerLogin {
  return new NewerLogin(
    `AWSCURRENT of secret ${secretArn} holds a newer token pair than this rotation. The newer pair stays.`,
  );
}

function alternateGrantRejected(secretArn: string): AlternateGrantRejected {
  return new AlternateGrantRejected(
    `The alternate grant of secret ${secretArn} no longer works. The rotation continues with the grant in use. Log in for another alternate grant when convenient (authorize --alternate).`,
  );
}

function outOfTime(secretArn: string): ExchangeInProgress {
  return new ExchangeInProgress(
    `AWS took so long to read secret ${secretArn} that too little time is left to exchange its refresh token. Nothing was spent. Redrive the execution if it has failed.`,
  );
}

/** In whole seconds, 0 if `end` is before `start`; undefined if `end` is unknown. */
function secondsBetween(start: Date, end: Date | undefined): number | undefined {
  return end === undefined ? undefined : Math.max(0, Math.round((end.getTime() - start.getTime()) / 1_000));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
