import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { authorizeCode, type LoggedIn, logIn } from '../../sandbox/genesys-cloud/browser.ts';
import type { OAuthClient, User } from '../../sandbox/genesys-cloud/directory.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { startSandbox } from '../helpers/sandbox.ts';

/** The secret of these tests. */
export const SECRET = 'genesys/voicemail';

/** The address that the command prints. */
export const LOGIN_ADDRESS = /https?:\/\/\S+\/oauth\/authorize\?\S+/;

const PASSWORD = 'sandbox';

const storedValue = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** A sandbox with an OAuth client and two users, and their actions in a browser. */
export async function authorizeWorld(options: SandboxOptions = {}) {
  const world = await startSandbox({ events: { rules: 'none' }, ...options });
  const { sandbox, secrets } = world;
  const { genesysCloud } = sandbox;
  const port = await freePort();
  const redirectUri = `http://localhost:${port}/callback`;
  const newClient = (): OAuthClient => genesysCloud.createClient({ redirectUris: [redirectUri] });
  const client = newClient();
  const user = genesysCloud.createUser({
    userName: 'anna@example.com',
    password: PASSWORD,
    name: 'Anna Agent',
  });
  const otherUser = genesysCloud.createUser({ userName: 'otto@example.com', password: PASSWORD });

  /** Logs a user in at the address that the command prints, without following the redirect. */
  const logInAt = (authorizeUrl: string, person: User = user): Promise<LoggedIn> =>
    logIn({ authorizeUrl, userName: person.userName, password: PASSWORD });

  return {
    ...world,
    port,
    redirectUri,
    newClient,
    client,
    user,
    otherUser,
    logInAt,
    /** Logs a user in and follows the redirect to the command's page. */
    async logInThrough(authorizeUrl: string, person: User = user): Promise<Response> {
      const { redirectUrl } = await logInAt(authorizeUrl, person);
      return await fetch(redirectUrl);
    },
    /** A secret with tokens of the user. */
    async storedCredential(otherKeys = ''): Promise<string> {
      const { clientId, clientSecret } = client;
      const tokens = await authorizeCode({
        loginUrl: genesysCloud.loginUrl,
        clientId,
        clientSecret,
        redirectUri,
        userName: user.userName,
        password: PASSWORD,
      });
      const { accessToken, refreshToken } = tokens;
      const value = JSON.stringify({
        clientId,
        clientSecret,
        accessToken,
        refreshToken,
        region: 'us-east-1',
      });
      const { ARN = '' } = await secrets.send(
        new CreateSecretCommand({ Name: SECRET, SecretString: `${value.slice(0, -1)}${otherKeys}}` }),
      );
      return ARN;
    },
    /** The text of AWSCURRENT; undefined if the secret does not exist. */
    async currentText(): Promise<string | undefined> {
      try {
        return (await secrets.send(new GetSecretValueCommand({ SecretId: SECRET }))).SecretString;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async currentKeys(): Promise<Readonly<Record<string, unknown>>> {
      return v.parse(storedValue, await this.currentText());
    },
    describe: () => secrets.send(new DescribeSecretCommand({ SecretId: SECRET })),
    /** The arguments for a new secret; the client secret is in the environment. */
    newSecret: (...more: string[]) => ({
      args: [
        'authorize',
        SECRET,
        '--client-id',
        client.clientId,
        '--genesys-region',
        'mypurecloud.com',
        '--redirect-port',
        `${port}`,
        ...more,
      ],
      env: { GENESYS_CLIENT_SECRET: client.clientSecret },
    }),
    /** The arguments for an existing secret. */
    existingSecret: (...more: string[]) => ['authorize', SECRET, '--redirect-port', `${port}`, ...more],
  };
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server had no port.');
  return address.port;
}
