import { HOUR_MS, MINUTE_MS } from '../durations.ts';

/**
 * Where AWS publishes no answer, the emulated Secrets Manager takes the worse case for a rotation; each of
 * these switches gives the other. They are read at the moment they matter, so they may be changed at any time.
 */
export interface SecretsManagerBehaviour {
  /**
   * How long DescribeSecret, GetSecretValue, ListSecrets and ListSecretVersionIds do not show a write, in ms of the
   * sandbox's clock; at most 300,000. AWS says only that its operations are eventually consistent. Writes act on what
   * was written last, whatever a read shows.
   */
  readLagMs: number;
  /**
   * PutSecretValue with a RotationToken whose invocation has ended, or an unknown one: `putRefused` fails with
   * InvalidRequestException and writes nothing; `refusedAs` does the same with another error of that name;
   * `rotationFails` writes, as if no token had been given; `accepted` takes it for a valid one.
   */
  staleRotationToken: 'putRefused' | { readonly refusedAs: string } | 'rotationFails' | 'accepted';
  /**
   * A pending value written neither by the rotation function nor with a valid RotationToken: `rotationFails`
   * fails the rotation after createSecret, `accepted` does not look.
   */
  foreignWriter: 'rotationFails' | 'accepted';
  /**
   * AWSPENDING of one version when a write makes another one AWSCURRENT: `removed`, and the rotation under way is
   * abandoned, or `kept`, and the rotation continues. On AWS it was recorded only where AWSPENDING was on the version
   * that lost AWSCURRENT (LocalStack's snapshots): there it is always removed.
   */
  pendingAfterForeignWrite: 'removed' | 'kept';
  /**
   * What a rotation whose four steps succeeded must have reached: `documented` wants AWSPENDING on the version
   * of AWSCURRENT or nowhere, `versionIsCurrent` also wants AWSCURRENT on the rotation's own version.
   */
  endState: 'documented' | 'versionIsCurrent';
  /** The ClientRequestToken of a retried rotation: that of the failed one, or a new one with a new version. */
  retryToken: 'same' | 'fresh';
  /**
   * The delay before each retry of a failed rotation, in ms; after the last one only the schedule tries again.
   * Number and spacing are assumed: AWS says that it retries "multiple times" and no more.
   */
  retryDelaysMs: readonly number[];
  /** When in its window a scheduled rotation begins; a seed picks moments that are the same in each run. */
  rotationMoment: 'windowStart' | { readonly seed: number };
  /** Whether calls beyond the quotas of an account and region get ThrottlingException; see request-quotas.ts. */
  requestQuotas: boolean;
  /** The most versions of a secret that can be kept before a write is refused with LimitExceededException. */
  versionQuota: number;
}

/** The worse case everywhere but for `readLagMs` and `requestQuotas`; see {@link SecretsManagerBehaviour}. */
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
