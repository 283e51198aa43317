import {
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';

/** The first labelled version of a secret that is wanted, with what the list tells: when it was made, for one. */
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
