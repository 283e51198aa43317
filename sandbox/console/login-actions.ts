import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { Refusal } from '../control/json-http.ts';
import { authorizeCode, type FirstTokens, LoginRefused } from '../genesys-cloud/browser.ts';
import type { OAuthClient, User } from '../genesys-cloud/directory.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import { operatorCall } from './operator-actions.ts';
import { loginsOf, storedTokens } from './stored-tokens.ts';

/** Time limit of a login, in ms of real time. */
const LOGIN_TIMEOUT_MS = 10_000;

const storedCredential = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ clientId: v.string(), clientSecret: v.string() }),
);

/** The actions that change a user's login at Genesys Cloud. */
export class LoginActions {
  readonly #sandbox: ConsoleSandbox;
  readonly #secrets: SecretsManagerClient;

  constructor(sandbox: ConsoleSandbox) {
    this.#sandbox = sandbox;
    this.#secrets = new SecretsManagerClient({ ...sandbox.clientConfig, maxAttempts: 1 });
  }

  /**
   * Logs the user in again, and stores the tokens in a new AWSCURRENT version that keeps the other keys.
   *
   * @throws Refusal
   */
  async authorize(secretArn: string): Promise<void> {
    const { SecretString } = await operatorCall('GetSecretValue', options =>
      this.#secrets.send(new GetSecretValueCommand({ SecretId: secretArn }), options),
    );
    const parsed = v.safeParse(storedCredential, SecretString);
    if (!parsed.success) {
      throw new Refusal(
        409,
        'AWSCURRENT is not a JSON object with clientId and clientSecret. Write one with PutSecretValue.',
      );
    }
    const { clientId, clientSecret } = parsed.output;
    const { userName, password } = this.#userOf(secretArn);
    const { accessToken, refreshToken, expiresInSeconds } = await this.#logIn({
      ...this.#client(clientId),
      clientSecret,
      userName,
      password,
    });
    const value = {
      ...parsed.output,
      accessToken,
      refreshToken,
      expiresAt: new Date(this.#sandbox.clock.nowMs() + expiresInSeconds * 1000).toISOString(),
    };
    await operatorCall('PutSecretValue', options =>
      this.#secrets.send(
        new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }),
        options,
      ),
    );
  }

  /**
   * Revokes all tokens of the user, as a logout from all sessions does.
   *
   * @throws Refusal 409
   */
  revoke(secretArn: string): void {
    this.#sandbox.genesysCloud.revokeUser(this.#userOf(secretArn).userId);
  }

  /** The user of the secret's latest login. */
  #userOf(secretArn: string): User {
    const { genesysCloud, secretsManager } = this.#sandbox;
    const versions = [...storedTokens(secretsManager, secretArn).values()];
    const userId = loginsOf(versions, genesysCloud).at(-1)?.userId;
    const user = userId === undefined ? undefined : genesysCloud.user(userId);
    if (user !== undefined) return user;
    throw new Refusal(
      409,
      `The user of secret ${secretArn} is unknown: Genesys Cloud issued none of its tokens. Log in with genesys-token-rotation authorize.`,
    );
  }

  #client(clientId: string): Pick<OAuthClient, 'clientId'> & { readonly redirectUri: string } {
    const redirectUri = this.#sandbox.genesysCloud.client(clientId)?.redirectUris[0];
    if (redirectUri !== undefined) return { clientId, redirectUri };
    throw new Refusal(409, `Genesys Cloud has no OAuth client ${clientId} with a redirect URI.`);
  }

  async #logIn(grant: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
    readonly userName: string;
    readonly password: string;
  }): Promise<FirstTokens & { readonly refreshToken: string }> {
    const { loginUrl } = this.#sandbox.genesysCloud;
    let tokens: FirstTokens;
    try {
      tokens = await authorizeCode({ loginUrl, ...grant, signal: AbortSignal.timeout(LOGIN_TIMEOUT_MS) });
    } catch (error) {
      // Any other message may quote the response.
      const why =
        error instanceof LoginRefused ? error.message : 'Genesys Cloud did not respond as expected.';
      throw new Refusal(502, `The login failed. ${why} The secret was not changed.`);
    }
    const { refreshToken } = tokens;
    if (refreshToken !== undefined) return { ...tokens, refreshToken };
    throw new Refusal(
      502,
      'The login returned no refresh token: the organisation has an inactivity timeout. The secret was not changed.',
    );
  }
}
