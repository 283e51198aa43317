import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';

const credential = v.pipe(v.string(), v.parseJson(), v.looseObject({ accessToken: v.string() }));

/**
 * Does what a consumer of a credential does: reads AWSCURRENT, calls Genesys Cloud with its access token, and reads
 * it once more when that is answered 401.
 *
 * @returns whether the call succeeded
 */
export async function consume(
  secretArn: string,
  { secrets, apiUrl }: { readonly secrets: SecretsManagerClient; readonly apiUrl: string },
): Promise<boolean> {
  for (let reads = 0; reads < 2; reads++) {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const { accessToken } = v.parse(credential, SecretString);
    const answer = await fetch(`${apiUrl}/api/v2/users/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    await answer.arrayBuffer();
    if (answer.status !== 401) return answer.ok;
  }
  return false;
}
