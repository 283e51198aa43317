import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import {
  belongsToRotation,
  describeSecret,
  findCredential,
  type SecretDescription,
  type StoredCredential,
  versionWithStage,
} from '../shared/secret-versions.ts';
import type { FetchRequest } from './fetch-request.ts';
import {
  expiresBefore,
  findUnfinishedVersion,
  listVersions,
  storedOrUnreadable,
} from './unfinished-version.ts';

/** Where the workflow goes from here. */
export type Route =
  | 'refresh'
  | 'refreshFound'
  | 'storeRecovered'
  | 'verifyResumed'
  | 'standDown'
  | 'rotated'
  | 'checkConfiguration';

/** What the workflow needs to know about the secret's versions. */
export interface FetchResult {
  readonly route: Route;
  /** The version that AWSCURRENT was on. */
  readonly baseVersionId: string;
  /** The version of this rotation; for `refreshFound` the one that another rotation left behind. */
  readonly pendingVersionId: string;
}

/**
 * Looks at the secret before anything is spent, and decides where the rotation has to go on.
 *
 * @throws SecretNotFound
 * @throws InvalidSecret AWSCURRENT has no value, or not a complete credential
 */
export async function fetchVersions(
  request: FetchRequest,
  { secrets }: { readonly secrets: SecretsManagerClient },
): Promise<FetchResult> {
  const { secretArn, versionId } = request;
  const [describing, readingCurrent, readingOwn, listing] = await Promise.allSettled([
    describeSecret(secrets, secretArn),
    findCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' }),
    storedOrUnreadable(secrets, secretArn, versionId),
    listVersions(secrets, secretArn),
  ]);
  // The description comes first: the reads fail with less telling errors when the secret is gone.
  const description = settled(describing);
  const base = settled(readingCurrent);
  if (base === undefined) {
    throw new InvalidSecret(
      `Secret ${secretArn} has no AWSCURRENT value. Store a credential first, then redrive the execution.`,
    );
  }
  const labelled = versionWithStage(description, 'AWSPENDING');
  const ownVersionId =
    labelled !== undefined && belongsToRotation(labelled, versionId) ? labelled : versionId;
  const own =
    ownVersionId === versionId
      ? settled(readingOwn)
      : await storedOrUnreadable(secrets, secretArn, ownVersionId);

  const chosen = chooseRoute(request, description, base, ownVersionId, own);
  const found =
    chosen === 'refresh'
      ? await findUnfinishedVersion(secrets, secretArn, settled(listing), base, ownVersionId)
      : undefined;
  const route = found === undefined ? chosen : 'refreshFound';
  const pendingVersionId = found?.versionId ?? ownVersionId;
  log('info', 'fetched', request, { route, baseVersionId: base.versionId, pendingVersionId });
  return { route, baseVersionId: base.versionId, pendingVersionId };
}

function chooseRoute(
  request: FetchRequest,
  description: SecretDescription,
  base: StoredCredential,
  ownVersionId: string,
  own: StoredCredential | undefined,
): Exclude<Route, 'refreshFound'> {
  if (request.purpose === 'check-configuration') return 'checkConfiguration';
  // AWSPENDING may be gone from it by then: Secrets Manager takes it off once it counts the rotation as done.
  const current = versionWithStage(description, 'AWSCURRENT');
  if (current !== undefined && belongsToRotation(current, request.versionId)) return 'rotated';
  if (own !== undefined && !isCopy(own, base)) {
    const isPending = versionWithStage(description, 'AWSPENDING') === ownVersionId;
    return isNewer(own, base, isPending) ? 'verifyResumed' : 'standDown';
  }
  return request.recoveredBaseVersionId === base.versionId ? 'storeRecovered' : 'refresh';
}

/**
 * Whether the stored value of this rotation is newer than the current one. The lives of the tokens tell. Where they
 * are not known the label does: a write to AWSCURRENT takes AWSPENDING off by itself, so what still is AWSPENDING
 * was written later. The versions' creation dates do not help: whether a pending version counts from its value or
 * from the start of the rotation is not documented.
 */
function isNewer(own: StoredCredential, base: StoredCredential, isPending: boolean): boolean {
  return isPending ? !expiresBefore(own, base) : expiresBefore(base, own);
}

/** Whether a version holds what AWSCURRENT holds: a configuration test is made on such a copy. */
function isCopy({ credential }: StoredCredential, base: StoredCredential): boolean {
  const { refreshToken, accessToken } = base.credential;
  return credential.refreshToken === refreshToken && credential.accessToken === accessToken;
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
