import type { FetchResult, Route } from '../../functions/fetch/fetch.ts';
import type { PromoteResult } from '../../functions/promote/promote.ts';
import type { StandDownResult } from '../../functions/promote/stand-down.ts';
import type { RefreshResult } from '../../functions/refresh/refresh.ts';
import type { RecoveredTokens } from '../../functions/rotation/recovered-tokens.ts';
import type { StorePendingResult } from '../../functions/store-pending/store-pending.ts';
import type { VerifyResult } from '../../functions/verify/verify.ts';
import { failure, payload, type Script } from './run-workflow.ts';

/** The input of an execution, as the rotation function gives it. */
export const INPUT = {
  purpose: 'rotate',
  secretArn: 'secret-arn',
  versionId: 'own-version',
  sealedRotationToken: 'sealed-rotation-token',
  recovered: null,
};
/** The same, with tokens that the rotation function found in the failed execution of another rotation. */
export const INPUT_WITH_RECOVERED = {
  ...INPUT,
  recovered: {
    executionArn: 'failed-execution-arn',
    sealedValue: 'sealed-recovered-value',
    sealedVersionId: 'other-version',
    baseVersionId: 'recovered-base',
    refreshedAt: '2029-12-31T00:00:00.000Z',
  } satisfies RecoveredTokens,
};

/** Fetch's answer; every answer here has values of its own, so that a mix-up shows. */
export const fetched = (route: Route) =>
  payload({
    route,
    baseVersionId: 'fetched-base',
    pendingVersionId: 'fetched-pending',
  } satisfies FetchResult);
/** The answer of Refresh. */
export const refreshed = payload({
  tradedVersionId: 'refreshed-traded',
  baseVersionId: 'refreshed-base',
  sealedValue: 'sealed-value',
  refreshedAt: '2030-01-01T00:00:00.000Z',
  expiresAt: '2030-01-02T00:00:00.000Z',
} satisfies RefreshResult);
/** The answer of RefreshPending. */
const refreshedPending = payload({
  tradedVersionId: 'refreshed-pending-traded',
  baseVersionId: 'refreshed-pending-base',
  sealedValue: 'sealed-value-of-pending',
  refreshedAt: '2030-02-01T00:00:00.000Z',
  expiresAt: '2030-02-02T00:00:00.000Z',
} satisfies RefreshResult);
const stored = payload({
  pendingVersionId: 'stored-pending',
  baseVersionId: 'stored-base',
} satisfies StorePendingResult);
const storedRecovered = payload({
  pendingVersionId: 'stored-recovered-pending',
  baseVersionId: 'stored-recovered-base',
} satisfies StorePendingResult);
const storedAgain = payload({
  pendingVersionId: 'stored-again-pending',
  baseVersionId: 'stored-again-base',
} satisfies StorePendingResult);
const verified = payload({
  userId: 'user-id',
  refreshedAt: '2030-01-01T00:00:00.000Z',
} satisfies VerifyResult);
const verifiedAgain = payload({
  userId: 'user-id',
  refreshedAt: '2030-02-01T00:00:00.000Z',
} satisfies VerifyResult);
const verifiedResumed = payload({ userId: 'user-id', refreshedAt: null } satisfies VerifyResult);
const checked = payload({ userId: null, refreshedAt: null } satisfies VerifyResult);
const promoted = payload({
  previousVersionId: 'promoted-previous',
  currentVersionId: 'promoted-current',
} satisfies PromoteResult);
/** StandDown's answer. */
export const stoodDown = payload({ standDownVersionId: 'stood-down' } satisfies StandDownResult);

/** A rotation that refreshes. */
export const REFRESH: Script = {
  Fetch: [fetched('refresh')],
  Refresh: [refreshed],
  StorePending: [stored],
  Verify: [verified],
  Promote: [promoted],
};
/** A rotation that goes on with what an earlier attempt stored. */
export const RESUME: Script = {
  Fetch: [fetched('verifyResumed')],
  VerifyResumed: [verifiedResumed],
  Promote: [promoted],
};
/** A rotation that finds the stored access token dead. */
export const REFRESH_PENDING: Script = {
  Fetch: [fetched('verifyResumed')],
  VerifyResumed: [failure('AccessTokenRejected')],
  RefreshPending: [refreshedPending],
  StorePending: [stored],
  Verify: [verifiedAgain],
  Promote: [promoted],
};
/** A rotation that trades the refresh token of a version that another rotation left behind. */
export const REFRESH_FOUND: Script = {
  Fetch: [fetched('refreshFound')],
  RefreshPending: [refreshedPending],
  StorePending: [stored],
  Verify: [verifiedAgain],
  Promote: [promoted],
};
/** A rotation that stores what another rotation refreshed; its input is `INPUT_WITH_RECOVERED`. */
export const STORE_RECOVERED: Script = {
  Fetch: [fetched('storeRecovered')],
  StoreRecovered: [storedRecovered],
  VerifyResumed: [verifiedResumed],
  Promote: [promoted],
};
/** A rotation that finds the access token of such tokens dead. */
export const REFRESH_RECOVERED: Script = {
  ...STORE_RECOVERED,
  VerifyResumed: [failure('AccessTokenRejected')],
  RefreshPending: [refreshedPending],
  StorePending: [stored],
  Verify: [verifiedAgain],
};
/** What follows when a redrive comes after the pending access token died. */
export const OUTDATED: Script = {
  Verify: [failure('AccessTokenOutdated'), verifiedAgain],
  RefreshPending: [refreshedPending],
  StorePending: [storedAgain],
  Promote: [promoted],
};
/** A rotation that Fetch finds superseded. */
export const STAND_DOWN: Script = { Fetch: [fetched('standDown')], StandDown: [stoodDown] };
/** A test of the configuration. */
export const CHECK: Script = { Fetch: [fetched('checkConfiguration')], CheckConfiguration: [checked] };

/** A way through the state machine. */
interface Way {
  readonly script: Script;
  readonly input: typeof INPUT | typeof INPUT_WITH_RECOVERED;
}

/** Each Task, and a way through it. */
export const THROUGH: readonly (Way & { readonly task: string })[] = [
  { task: 'Fetch', script: REFRESH, input: INPUT },
  { task: 'Refresh', script: REFRESH, input: INPUT },
  { task: 'StoreRecovered', script: STORE_RECOVERED, input: INPUT_WITH_RECOVERED },
  { task: 'VerifyResumed', script: RESUME, input: INPUT },
  { task: 'RefreshPending', script: REFRESH_PENDING, input: INPUT },
  { task: 'StorePending', script: REFRESH, input: INPUT },
  { task: 'Verify', script: REFRESH, input: INPUT },
  { task: 'Promote', script: REFRESH, input: INPUT },
  { task: 'StandDown', script: STAND_DOWN, input: INPUT },
  { task: 'CheckConfiguration', script: CHECK, input: INPUT },
];
