import {
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { GenesysUrlsOf } from '../genesys/urls.ts';
import type { Credential } from './secret-value.ts';
import { derivedVersionId, describeSecret, versionWithStage } from './secret-versions.ts';

/** The functions write only secrets with this tag. Its value is the deployment's name. */
export const PUBLISHER_TAG = 'genesys-token-rotation:published-by';

/**
 * The name of the secret that consumers read. It depends only on the name of the rotated secret: someone who can write
 * the secret's value must not be able to redirect its token.
 */
export function publishedSecretName(secretName: string): string {
  return `${secretName}/access-token`;
}

/**
 * The value that consumers read: the access token, its expiry (ISO 8601; null if unknown), and its API URL and region.
 * Undefined for a credential without an access token.
 */
export function publishedValue(
  { accessToken, expiresAt, host }: Pick<Credential, 'accessToken' | 'expiresAt' | 'host'>,
  genesysUrlsOf: GenesysUrlsOf,
): string | undefined {
  if (accessToken === undefined) return undefined;
  return JSON.stringify({
    accessToken,
    expiresAt: expiresAt?.toISOString() ?? null,
    apiUrl: genesysUrlsOf(host).apiUrl,
    region: host,
  });
}

/**
 * Makes a value the current one of a published secret. The version id is derived from the rotated version and the value,
 * so a repeated call writes nothing. A repeated PutSecretValue does not move AWSCURRENT (AWS Secrets Manager API
 * Reference, PutSecretValue); if a later version has it, this function moves it back.
 *
 * @param versionId the version of the rotated secret that the value is from
 * @returns the id of the published version
 */
export async function putPublishedValue(
  secrets: SecretsManagerClient,
  publishedName: string,
  { versionId, value }: { readonly versionId: string; readonly value: string },
): Promise<string> {
  const publishedVersionId = derivedVersionId(versionId, value);
  const { VersionStages = [] } = await secrets.send(
    new PutSecretValueCommand({
      SecretId: publishedName,
      ClientRequestToken: publishedVersionId,
      SecretString: value,
    }),
  );
  if (VersionStages.includes('AWSCURRENT')) return publishedVersionId;
  const currentId = versionWithStage(await describeSecret(secrets, publishedName), 'AWSCURRENT');
  if (currentId === publishedVersionId) return publishedVersionId;
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: publishedName,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: publishedVersionId,
      ...(currentId !== undefined && { RemoveFromVersionId: currentId }),
    }),
  );
  return publishedVersionId;
}
