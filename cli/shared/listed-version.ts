import {
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';

/** Finds a labelled version of a secret, with its creation date. */
export async function findListedVersion(
  secrets: SecretsManagerClient,
  secretArn: string,
  isWanted: (version: SecretVersionsListEntry) => boolean,
): Promise<SecretVersionsListEntry | undefined> {
  let nextToken: string | undefined;
  do {
    const { Versions = [], NextToken } = await secrets.send(
      new ListSecretVersionIdsCommand({ SecretId: secretArn, NextToken: nextToken }),
    );
    const found = Versions.find(isWanted);
    if (found !== undefined) return found;
    nextToken = NextToken;
  } while (nextToken !== undefined);
  return undefined;
}
