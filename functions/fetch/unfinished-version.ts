import {
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import { findCredential, type StoredCredential } from '../shared/secret-versions.ts';

/** The most that a page holds. A secret that is rotated for long has more versions than that. */
const PAGE_SIZE = 100;

/**
 * Where nothing can be stored, every attempt under a ClientRequestToken of its own leaves a version without a value:
 * read one after the other they would outlast the function.
 */
const READS_AT_A_TIME = 50;

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
  const listed: SecretVersionsListEntry[] = [];
  let nextToken: string | undefined;
  do {
    const { Versions = [], NextToken } = await secrets.send(
      new ListSecretVersionIdsCommand({
        SecretId: secretArn,
        IncludeDeprecated: true,
        MaxResults: PAGE_SIZE,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
    );
    listed.push(...Versions);
    nextToken = NextToken;
  } while (nextToken !== undefined);
  return listed;
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
  const listedBase = versions.find(version => version.VersionId === base.versionId);
  // Lists lag behind: while AWSCURRENT is missing, an older version must not pass for a younger one.
  if (listedBase === undefined) return undefined;
  const baseCreatedAtMs = createdAtMs(listedBase);
  const younger = versions
    .filter(version => createdAtMs(version) > baseCreatedAtMs && version.VersionId !== exceptVersionId)
    .sort((a, b) => createdAtMs(b) - createdAtMs(a));
  for (let start = 0; start < younger.length; start += READS_AT_A_TIME) {
    const reads = await Promise.allSettled(
      younger
        .slice(start, start + READS_AT_A_TIME)
        .map(({ VersionId }) => storedOrUnreadable(secrets, secretArn, VersionId ?? '')),
    );
    for (const read of reads) {
      if (read.status === 'rejected') throw read.reason;
      if (read.value !== undefined && holdsNewerToken(read.value, base)) return read.value;
    }
  }
  return undefined;
}

/**
 * Whether another refresh token is stored than the current one: a configuration test leaves copies of that one behind.
 */
function holdsNewerToken(found: StoredCredential, base: StoredCredential): boolean {
  return found.credential.refreshToken !== base.credential.refreshToken && !expiresBefore(found, base);
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

function createdAtMs({ CreatedDate }: SecretVersionsListEntry): number {
  return CreatedDate?.getTime() ?? 0;
}
