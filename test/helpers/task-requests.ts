import type { PromoteRequest } from '../../functions/promote/promote-request.ts';
import type { RefreshRequest } from '../../functions/refresh/refresh-request.ts';
import type { VerifyRequest } from '../../functions/verify/verify-request.ts';
import { BASE_VERSION, DERIVED_VERSION, SECRET_ARN, VERSION } from './secret.ts';

const TASK = { secretArn: SECRET_ARN, versionId: VERSION, execution: 'arn:execution' } as const;

/** What the states hand to `refresh`. */
export const REFRESH: RefreshRequest = {
  ...TASK,
  source: { kind: 'current' },
  repeated: false,
  state: 'Refresh',
};
export const REFRESH_PENDING: RefreshRequest = {
  ...REFRESH,
  source: { kind: 'pending', pendingVersionId: DERIVED_VERSION, baseVersionId: BASE_VERSION },
  state: 'RefreshPending',
};

/** What the states hand to `verify`. */
export const VERIFY: VerifyRequest = {
  ...TASK,
  mode: 'verify',
  pendingVersionId: DERIVED_VERSION,
  refreshedAt: new Date('2026-07-01T07:59:55Z'),
  state: 'Verify',
};
export const VERIFY_RESUMED: VerifyRequest = { ...VERIFY, refreshedAt: null, state: 'VerifyResumed' };
export const CHECK_CONFIGURATION: VerifyRequest = {
  ...VERIFY,
  mode: 'check-configuration',
  refreshedAt: null,
  state: 'CheckConfiguration',
};

/** What the state Promote hands to `promote`. */
export const PROMOTE: PromoteRequest = {
  ...TASK,
  action: 'promote',
  pendingVersionId: DERIVED_VERSION,
  baseVersionId: BASE_VERSION,
  refreshedAt: new Date('2026-07-01T07:59:58Z'),
  state: 'Promote',
};
