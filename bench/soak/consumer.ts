import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { statusOfCurrentUser } from '../../sandbox/genesys-cloud/current-user.ts';

const credential = v.pipe(v.string(), v.parseJson(), v.looseObject({ accessToken: v.string() }));

/**
 * Acts as a consumer: reads AWSCURRENT of the rotated or of the published secret, and calls Genesys Cloud with its
 * access token. After a 401 it reads AWSCURRENT again and retries once.
 *
 * @returns whether the call succeeded
 */
export async function consume(
  secretId: string,
  { secrets, apiUrl }: { readonly secrets: SecretsManagerClient; readonly apiUrl: string },
): Promise<boolean> {
  for (let reads = 0; reads < 2; reads++) {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    const { accessToken } = v.parse(credential, SecretString);
    const status = await statusOfCurrentUser({ apiUrl }, accessToken);
    if (status !== 401) return status === 200;
  }
  return false;
}
