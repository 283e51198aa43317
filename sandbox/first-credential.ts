import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { authorizeCode } from './genesys-cloud/browser.ts';
import type { Sandbox } from './sandbox.ts';

/** An OAuth client, its user, and the secret with their credential. */
export interface FirstCredential {
  readonly secretArn: string;
  readonly secretName: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly userName: string;
  readonly password: string;
  /** The access token of the login; the first rotation replaces it. */
  readonly accessToken: string;
}

/** The options of a credential. */
export interface CredentialOptions {
  readonly secretName?: string;
  /** Lifetime of an access token in seconds, 300 to 172,800 (default: a day). */
  readonly tokenDurationSeconds?: number;
}

const REDIRECT_URI = 'http://localhost:8085/callback';
const PASSWORD = 'sandbox';

/**
 * Prepares the first rotation as an operator does: registers an OAuth client, logs a user in, and stores the tokens in a
 * new secret.
 */
export async function createFirstCredential(
  sandbox: Pick<Sandbox, 'genesysCloud' | 'clientConfig'>,
  { secretName = 'genesys/demo', tokenDurationSeconds }: CredentialOptions = {},
): Promise<FirstCredential> {
  const { genesysCloud } = sandbox;
  const userName = `${secretName.replace(/[^A-Za-z0-9]+/g, '.')}@example.com`;
  const { clientId, clientSecret } = genesysCloud.createClient({
    name: secretName,
    redirectUris: [REDIRECT_URI],
    tokenDurationSeconds,
  });
  genesysCloud.createUser({ userName, password: PASSWORD });
  const login = { clientId, clientSecret, redirectUri: REDIRECT_URI, userName, password: PASSWORD };
  const tokens = await authorizeCode({ loginUrl: genesysCloud.loginUrl, ...login });
  if (tokens.refreshToken === undefined) {
    throw new Error('Genesys Cloud issued no refresh token: the organisation has an inactivity timeout.');
  }

  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  const { accessToken, refreshToken } = tokens;
  const { ARN } = await secrets.send(
    new CreateSecretCommand({
      Name: secretName,
      SecretString: JSON.stringify({
        clientId,
        clientSecret,
        accessToken,
        refreshToken,
        region: 'mypurecloud.com',
      }),
    }),
  );
  secrets.destroy();
  if (ARN === undefined) throw new Error('CreateSecret returned no ARN.');
  return { secretArn: ARN, secretName, ...login, accessToken };
}
