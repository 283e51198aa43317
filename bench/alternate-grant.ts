import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { FirstCredential } from '../sandbox/first-credential.ts';
import { authorizeCode } from '../sandbox/genesys-cloud/browser.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/**
 * Logs in for an alternate grant and adds its refresh token to AWSCURRENT.
 *
 * @returns false if AWSCURRENT already has one
 */
export async function authorizeAlternate(
  { secretArn, ...login }: FirstCredential,
  { sandbox, secrets }: { readonly sandbox: Sandbox; readonly secrets: SecretsManagerClient },
): Promise<boolean> {
  const value = await currentValue(secretArn, secrets);
  if (typeof value.alternateRefreshToken === 'string') return false;
  const { loginUrl } = sandbox.genesysCloud;
  const { refreshToken } = await authorizeCode({ loginUrl, ...login });
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      SecretString: JSON.stringify({ ...value, alternateRefreshToken: refreshToken }),
    }),
  );
  return true;
}

/** Reads the JSON object in AWSCURRENT; the read may be stale. */
export async function currentValue(
  secretArn: string,
  secrets: SecretsManagerClient,
): Promise<Readonly<Record<string, unknown>>> {
  const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return JSON.parse(SecretString);
}
