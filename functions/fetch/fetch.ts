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

/** Where the workflow goes from here. */
export type Route = 'refresh' | 'verifyResumed' | 'standDown' | 'rotated' | 'checkConfiguration';

/** What the workflow needs to know about the secret's versions. */
export interface FetchResult {
  readonly route: Route;
  /** The version that AWSCURRENT was on. */
  readonly baseVersionId: string;
  /** The version of this rotation. */
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
  const [describing, readingCurrent, readingOwn] = await Promise.allSettled([
    describeSecret(secrets, secretArn),
    findCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' }),
    storedOrUnreadable(secrets, secretArn, versionId),
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
  const pendingVersionId =
    labelled !== undefined && belongsToRotation(labelled, versionId) ? labelled : versionId;
  const pending =
    pendingVersionId === versionId
      ? settled(readingOwn)
      : await storedOrUnreadable(secrets, secretArn, pendingVersionId);

  const route = chooseRoute(request, description, base, pendingVersionId, pending);
  log('info', 'fetched', request, { route, baseVersionId: base.versionId, pendingVersionId });
  return { route, baseVersionId: base.versionId, pendingVersionId };
}

function chooseRoute(
  request: FetchRequest,
  description: SecretDescription,
  base: StoredCredential,
  pendingVersionId: string,
  pending: StoredCredential | undefined,
): Route {
  if (request.purpose === 'check-configuration') return 'checkConfiguration';
  // AWSPENDING may be gone from it by then: Secrets Manager takes it off once it counts the rotation as done.
  const current = versionWithStage(description, 'AWSCURRENT');
  if (current !== undefined && belongsToRotation(current, request.versionId)) return 'rotated';
  if (pending === undefined) return 'refresh';
  const stillPending = versionWithStage(description, 'AWSPENDING') === pendingVersionId;
  return stillPending && !isOlder(pending, base) ? 'verifyResumed' : 'standDown';
}

/**
 * Whether a stored pending value is older than the current one. A write to AWSCURRENT takes AWSPENDING off by
 * itself, so a version that still is AWSPENDING is the newer one unless the life of its token says otherwise. The
 * versions' creation dates do not help: whether a pending version counts from its value or from the start of the
 * rotation is not documented.
 */
function isOlder(pending: StoredCredential, base: StoredCredential): boolean {
  const { expiresAt } = pending.credential;
  const baseExpiresAt = base.credential.expiresAt;
  return expiresAt !== undefined && baseExpiresAt !== undefined && expiresAt < baseExpiresAt;
}

/** A pending value that is no credential is of no use to the rotation, and the same as none. */
async function storedOrUnreadable(
  secrets: SecretsManagerClient,
  secretArn: string,
  versionId: string,
): Promise<StoredCredential | undefined> {
  try {
    return await findCredential(secrets, secretArn, { VersionId: versionId });
  } catch (error) {
    if (error instanceof InvalidSecret) return undefined;
    throw error;
  }
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
