import type { FetchResult } from '../../functions/fetch/fetch.ts';
import type { PromoteResult } from '../../functions/promote/promote.ts';
import type { StandDownResult } from '../../functions/promote/stand-down.ts';
import type { PublishResult } from '../../functions/publish/publish.ts';
import type { RefreshResult } from '../../functions/refresh/refresh.ts';
import type { StorePendingResult } from '../../functions/store-pending/store-pending.ts';
import type { VerifyResult } from '../../functions/verify/verify.ts';
import { failure, payload, type Script } from './run-workflow.ts';

/** The input of an execution, as the rotation function writes it. */
export const INPUT = {
  purpose: 'rotate',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/voicemail-AbCdEf',
  versionId: 'own-version',
  sealedRotationToken: 'sealed-rotation-token',
};
/** The input of a configuration test. */
export const CHECK_INPUT = { ...INPUT, purpose: 'check-configuration', sealedRotationToken: null };

/** The result of Fetch. Every result in this file has distinct values, so that a mix-up is detected. */
export const fetched = (route: FetchResult['route']) => payload({ route } satisfies FetchResult);

/** The pair that Refresh returns. */
export const PAIR = {
  lineage: 'refreshed-lineage',
  generation: 1,
  current: { lineage: 'current-lineage', generation: 0 },
  fingerprint: 'refreshed-fingerprint',
  sealedPair: 'sealed-pair',
  issuedAt: '2030-01-01T00:00:00.000Z',
  expiresAt: '2030-01-02T00:00:00.000Z',
} satisfies RefreshResult;
/** The pair that RefreshAgain returns. */
export const PAIR_AGAIN = {
  lineage: 'refreshed-again-lineage',
  generation: 2,
  current: { lineage: 'current-again-lineage', generation: 1 },
  fingerprint: 'refreshed-again-fingerprint',
  sealedPair: 'again-sealed-pair',
  issuedAt: '2030-02-01T00:00:00.000Z',
  expiresAt: '2030-02-02T00:00:00.000Z',
} satisfies RefreshResult;
/** The versions that StorePending returns in the first and in a second round. */
export const VERSIONS = {
  pendingVersionId: 'stored-pending',
  baseVersionId: 'stored-base',
  lostAlternate: false,
} satisfies StorePendingResult;
export const VERSIONS_AGAIN = {
  pendingVersionId: 'stored-again-pending',
  baseVersionId: 'stored-again-base',
  lostAlternate: true,
} satisfies StorePendingResult;
/** What Promote returns. */
export const PROMOTED = {
  previousVersionId: 'promoted-previous',
  currentVersionId: 'promoted-current',
} satisfies PromoteResult;

const refreshed = payload(PAIR);
export const failedOver = refreshed;
export const refreshedAgain = payload(PAIR_AGAIN);
export const stored = payload(VERSIONS);
export const storedAgain = payload(VERSIONS_AGAIN);
export const verified = payload({ userId: 'user-id' } satisfies VerifyResult);
export const promoted = payload(PROMOTED);
export const stoodDown = payload({ standDownVersionId: 'stood-down' } satisfies StandDownResult);
/** What Publish and PublishNewerLogin return. */
export const PUBLISHED = { publishedVersionId: 'published' } satisfies PublishResult;
export const published = payload(PUBLISHED);
const checked = payload({ userId: null } satisfies VerifyResult);

/** A rotation without errors. */
export const REFRESH: Script = {
  Fetch: [fetched('refresh')],
  Refresh: [refreshed],
  StorePending: [stored],
  Verify: [verified],
  Promote: [promoted],
  Publish: [published],
};
/** A rotation whose alternate grant no longer works. */
const FAILOVER: Script = {
  ...REFRESH,
  Refresh: [failure('AlternateGrantRejected')],
  Failover: [failedOver],
};
/** A rotation whose access token has expired when it is verified. */
export const REFRESH_AGAIN: Script = {
  ...REFRESH,
  StorePending: [stored, storedAgain],
  Verify: [failure('AccessTokenExpired'), verified],
  RefreshAgain: [refreshedAgain],
};
/** A rotation that finds another login in AWSCURRENT. */
export const STAND_DOWN: Script = {
  Fetch: [fetched('refresh')],
  Refresh: [refreshed],
  StorePending: [failure('NewerLogin')],
  StandDown: [stoodDown],
  PublishNewerLogin: [published],
};
/** A test of the configuration. */
export const CHECK: Script = { Fetch: [fetched('checkConfiguration')], CheckConfiguration: [checked] };

/** A run through a Task. */
export interface RunThrough {
  readonly task: string;
  readonly script: Script;
  readonly input: Readonly<Record<keyof typeof INPUT, string | null>>;
}

/** Each Task, and a run through it. */
export const RUNS_THROUGH: readonly RunThrough[] = [
  { task: 'Fetch', script: REFRESH, input: INPUT },
  { task: 'Refresh', script: REFRESH, input: INPUT },
  { task: 'Failover', script: FAILOVER, input: INPUT },
  { task: 'StorePending', script: REFRESH, input: INPUT },
  { task: 'Verify', script: REFRESH, input: INPUT },
  { task: 'Promote', script: REFRESH, input: INPUT },
  { task: 'Publish', script: REFRESH, input: INPUT },
  { task: 'RefreshAgain', script: REFRESH_AGAIN, input: INPUT },
  { task: 'StandDown', script: STAND_DOWN, input: INPUT },
  { task: 'PublishNewerLogin', script: STAND_DOWN, input: INPUT },
  { task: 'CheckConfiguration', script: CHECK, input: CHECK_INPUT },
];
