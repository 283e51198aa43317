import {
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import { findCredential, type StoredCredential } from '../shared/secret-versions.ts';

/** More versions than Secrets Manager keeps without a label, so one page holds them all. */
const MOST_VERSIONS = 100;

/**
 * The versions of a secret, unlabelled ones included: what a rotation under another ClientRequestToken left behind
 * may have no label any more.
 *
 * @see AWS Secrets Manager API Reference, ListSecretVersionIds
 */
export async function listVersions(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<readonly SecretVersionsListEntry[]> {
  const { Versions = [] } = await secrets.send(
    new ListSecretVersionIdsCommand({
      SecretId: secretArn,
      IncludeDeprecated: true,
      MaxResults: MOST_VERSIONS,
    }),
  );
  return Versions;
}

/**
 * The newest version that holds a newer credential than AWSCURRENT: another rotation refreshed and stored it, but
 * never promoted it, so that AWSCURRENT holds a spent refresh token. Undefined when there is none, as is usual.
 *
 * @param exceptVersionId the version of the rotation that asks
 */
export async function findUnfinishedVersion(
  secrets: SecretsManagerClient,
  secretArn: string,
  versions: readonly SecretVersionsListEntry[],
  base: StoredCredential,
  exceptVersionId: string,
): Promise<StoredCredential | undefined> {
  const baseCreatedAtMs = createdAtMs(versions.find(version => version.VersionId === base.versionId));
  const younger = versions
    .filter(version => createdAtMs(version) > baseCreatedAtMs && version.VersionId !== exceptVersionId)
    .sort((a, b) => createdAtMs(b) - createdAtMs(a));
  for (const { VersionId } of younger) {
    const found = await storedOrUnreadable(secrets, secretArn, VersionId ?? '');
    if (found !== undefined && !expiresBefore(found, base)) return found;
  }
  return undefined;
}

/** A stored value that is no credential is of no use to a rotation, and the same as none. */
export async function storedOrUnreadable(
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

/** Whether the one access token surely dies before the other: its credential is the older one. */
export function expiresBefore(one: StoredCredential, other: StoredCredential): boolean {
  const [expiresAt, otherExpiresAt] = [one.credential.expiresAt, other.credential.expiresAt];
  return expiresAt !== undefined && otherExpiresAt !== undefined && expiresAt < otherExpiresAt;
}

function createdAtMs(version: SecretVersionsListEntry | undefined): number {
  return version?.CreatedDate?.getTime() ?? 0;
}
