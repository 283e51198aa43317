import { HOUR_MS, MINUTE_MS } from '../durations.ts';

/**
 * Where AWS does not document a behaviour, the emulated Secrets Manager assumes the worse case for a rotation. Each of
 * these switches selects the alternative, and can be changed at any time.
 */
export interface SecretsManagerBehaviour {
  /**
   * How long DescribeSecret, GetSecretValue, ListSecrets and ListSecretVersionIds hide a write, in ms of the sandbox's
   * clock; at most 300,000. AWS documents only that its operations are eventually consistent. Writes use the latest
   * state.
   */
  readLagMs: number;
  /**
   * PutSecretValue with an unknown RotationToken, or one whose invocation has ended: `putRefused` fails with
   * InvalidRequestException and writes nothing; `refusedAs` does the same with the given error; `rotationFails` writes
   * as if without a token; `accepted` treats it as valid.
   */
  staleRotationToken: 'putRefused' | { readonly refusedAs: string } | 'rotationFails' | 'accepted';
  /**
   * A pending value written neither by the rotation function nor with a valid RotationToken: `rotationFails` fails the
   * rotation after createSecret; `accepted` skips the check.
   */
  foreignWriter: 'rotationFails' | 'accepted';
  /**
   * What happens to AWSPENDING on one version when a write makes another version AWSCURRENT: `removed`, which
   * abandons the rotation in progress, or `kept`, which continues it. The only case recorded from AWS is AWSPENDING on
   * the version that loses AWSCURRENT (LocalStack's snapshots): there it is always removed.
   */
  pendingAfterForeignWrite: 'removed' | 'kept';
  /**
   * The required end state of a rotation whose four steps succeeded: `documented` requires AWSPENDING on the version
   * with AWSCURRENT or on none; `versionIsCurrent` also requires AWSCURRENT on the rotation's own version.
   */
  endState: 'documented' | 'versionIsCurrent';
  /** The ClientRequestToken of a retried rotation: the same token, or a new one with a new version. */
  retryToken: 'same' | 'fresh';
  /**
   * The delay before each retry of a failed rotation, in ms; after the last delay only the schedule retries. Number
   * and spacing are assumptions: AWS documents only that it retries "multiple times".
   */
  retryDelaysMs: readonly number[];
  /** When in its window a scheduled rotation starts; a seed makes the random times reproducible. */
  rotationMoment: 'windowStart' | { readonly seed: number };
  /** Whether calls that exceed the account's quotas fail with ThrottlingException; see request-quotas.ts. */
  requestQuotas: boolean;
  /** The maximum number of versions; writes that exceed it fail with LimitExceededException. */
  versionQuota: number;
}

/** The worse case, except `readLagMs` and `requestQuotas`; see {@link SecretsManagerBehaviour}. */
export const DEFAULT_BEHAVIOUR: Readonly<SecretsManagerBehaviour> = {
  readLagMs: 0,
  staleRotationToken: 'putRefused',
  foreignWriter: 'rotationFails',
  pendingAfterForeignWrite: 'removed',
  endState: 'documented',
  retryToken: 'same',
  retryDelaysMs: [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS],
  rotationMoment: 'windowStart',
  requestQuotas: false,
  versionQuota: 100,
};
