import { onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import type { GenesysBehaviour } from '../../../sandbox/genesys-cloud/behaviour.ts';
import { authorizeCode } from '../../../sandbox/genesys-cloud/browser.ts';
import type { OAuthClient } from '../../../sandbox/genesys-cloud/directory.ts';
import { GenesysCloud } from '../../../sandbox/genesys-cloud/genesys-cloud.ts';

/** The redirect URI of the test's client; nothing listens there. */
export const REDIRECT_URI = 'http://localhost:8400/callback';

/** The test's user. */
export const USER = { userName: 'ada@example.com', password: 'correct horse', name: 'Ada Lovelace' };

/** A running organisation with one client and one user. It is closed after the test. */
export async function organization(
  behaviour: Partial<GenesysBehaviour> = {},
  tokenDurationSeconds = 86_400,
): Promise<Organization> {
  const clock = new Clock();
  const cloud = new GenesysCloud({ clock, behaviour });
  await cloud.listen();
  onTestFinished(() => cloud.close());
  const client = cloud.createClient({ redirectUris: [REDIRECT_URI], tokenDurationSeconds, name: 'Exporter' });
  const { userId } = cloud.createUser(USER);
  return new Organization(clock, cloud, client, userId);
}

/** An organisation, with the calls that tests make. */
export class Organization {
  readonly clock: Clock;
  readonly cloud: GenesysCloud;
  readonly client: OAuthClient;
  readonly userId: string;

  constructor(clock: Clock, cloud: GenesysCloud, client: OAuthClient, userId: string) {
    this.clock = clock;
    this.cloud = cloud;
    this.client = client;
    this.userId = userId;
  }

  /** The URL of a valid request to `/oauth/authorize` with changed parameters; undefined omits a parameter. */
  authorizeUrl(changes: Record<string, string | undefined> = {}): string {
    const parameters = Object.entries({
      response_type: 'code',
      client_id: this.client.clientId,
      redirect_uri: REDIRECT_URI,
      state: 'xyz',
      ...changes,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `${this.cloud.loginUrl}/oauth/authorize?${new URLSearchParams(parameters)}`;
  }

  /** The first tokens, from the whole code flow. */
  async firstTokens(
    { clientId, clientSecret } = this.client,
  ): Promise<{ accessToken: string; refreshToken: string }> {
    const { accessToken, refreshToken } = await authorizeCode({
      loginUrl: this.cloud.loginUrl,
      clientId,
      clientSecret,
      redirectUri: REDIRECT_URI,
      ...USER,
    });
    return { accessToken, refreshToken: refreshToken ?? '' };
  }

  /** A token request with HTTP Basic. */
  requestToken(
    form: Record<string, string>,
    options: { client?: OAuthClient; loginUrl?: string } = {},
  ): Promise<Response> {
    const { clientId, clientSecret } = options.client ?? this.client;
    return fetch(`${options.loginUrl ?? this.cloud.loginUrl}/oauth/token`, {
      method: 'POST',
      headers: { authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams(form),
    });
  }

  /** A refresh with HTTP Basic. */
  refresh(refreshToken: string): Promise<Response> {
    return this.requestToken({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** A refresh that must succeed. */
  async refreshed(refreshToken: string): Promise<{ access_token: string; refresh_token: string }> {
    const response = await this.refresh(refreshToken);
    if (!response.ok) throw new Error(`The refresh returned status ${response.status}.`);
    const body: unknown = await response.json();
    return body as { access_token: string; refresh_token: string };
  }

  /** An API call. */
  call(path: string, accessToken: string, method = 'GET'): Promise<Response> {
    return fetch(`${this.cloud.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}` },
    });
  }

  /** The status of `users/me`. */
  async usersMeStatus(accessToken: string): Promise<number> {
    return (await this.call('/api/v2/users/me', accessToken)).status;
  }
}

/** The value of an HTTP Basic header. */
export function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
}
