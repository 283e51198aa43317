import type { FetchRequest } from '../../functions/fetch/fetch.ts';
import type { PromoteRequest } from '../../functions/promote/promote.ts';
import type { StandDownRequest } from '../../functions/promote/stand-down.ts';
import type { RefreshRequest } from '../../functions/refresh/refresh.ts';
import type { VerifyRequest } from '../../functions/verify/verify.ts';
import { EXECUTION_ARN_PREFIX } from './execution-description.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from './journal-items.ts';
import { BASE_VERSION, DERIVED_VERSION, SECRET_ARN, VERSION } from './secret.ts';

/** The first execution of the rotation; its name is derived from the secret and `VERSION`. */
export const EXECUTION = `${EXECUTION_ARN_PREFIX}genesys-voicemail-d2228900a4-bb24e2f0910f2fed`;

const TASK = { secretArn: SECRET_ARN, versionId: VERSION, execution: EXECUTION } as const;

/** What `fetch` reads from the request of Fetch. */
export const FETCH: FetchRequest = { ...TASK, purpose: 'rotate', redriveCount: 0, state: 'Fetch' };

/** What `refresh` reads from the requests of Refresh and RefreshAgain. */
export const REFRESH: RefreshRequest = {
  ...TASK,
  attempt: {
    execution: EXECUTION,
    redriveCount: 0,
    enteredAt: '2026-07-01T07:59:59.000Z',
    retryCount: 0,
  },
  replaces: undefined,
  skipsDeadGrant: false,
  state: 'Refresh',
};
export const REFRESH_AGAIN: RefreshRequest = {
  ...REFRESH,
  replaces: {
    lineage: CURRENT_FINGERPRINT,
    generation: 1,
    current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
  },
  skipsDeadGrant: true,
  state: 'RefreshAgain',
};

/** What `verify` reads from the requests of Verify and CheckConfiguration. */
export const VERIFY = {
  ...TASK,
  mode: 'verify',
  pendingVersionId: DERIVED_VERSION,
  baseVersionId: BASE_VERSION,
  issuedAt: new Date('2026-07-01T07:59:55Z'),
  state: 'Verify',
} as const satisfies VerifyRequest;
export const CHECK_CONFIGURATION = {
  ...TASK,
  mode: 'check-configuration',
  state: 'CheckConfiguration',
} as const satisfies VerifyRequest;

/** What `promote` reads from the request of Promote. */
export const PROMOTE: PromoteRequest = {
  ...TASK,
  action: 'promote',
  pendingVersionId: DERIVED_VERSION,
  baseVersionId: BASE_VERSION,
  pair: {
    lineage: CURRENT_FINGERPRINT,
    generation: 1,
    current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
  },
  fingerprint: NEW_FINGERPRINT,
  issuedAt: new Date('2026-07-01T07:59:58Z'),
  expiresAt: new Date('2026-07-02T07:59:58Z'),
  redriveCount: 0,
  state: 'Promote',
};

/** What `promote` reads from the request of StandDown. */
export const STAND_DOWN: StandDownRequest = {
  ...TASK,
  action: 'stand-down',
  redriveCount: 0,
  state: 'StandDown',
};
