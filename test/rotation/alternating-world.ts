import type { CredentialOptions, FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import { GenesysConnectionDropped } from '../../sandbox/genesys-cloud/interceptor.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { peopleWorld } from '../recovery/people-world.ts';

/** The grants of a secret; logins are counted from 1. */
interface GrantsView {
  /** The login of the refresh token in use. */
  readonly current: number;
  /** The login of the alternate refresh token; null if it was dropped, undefined if the key is missing. */
  readonly alternate: number | null | undefined;
  readonly accessTokenWorks: boolean;
}

/** After this time, a one-day access token has not expired, but does not last until the next rotation. */
export const SOON_EXPIRED_MS = 16 * 3_600_000;

/**
 * A people world with secrets that have two grants. A refresh ends earlier access tokens of its login, and a spent
 * refresh token that is presented again ends the login.
 */
export async function alternatingWorld(options: SandboxOptions = {}) {
  const world = await peopleWorld({
    ...options,
    genesysCloud: { refreshRevokesAccessTokens: true, ...options.genesysCloud },
  });
  const { sandbox } = world;
  const { genesysCloud } = sandbox;

  const loginOf = (clientId: string, refreshToken: string): number =>
    1 +
    genesysCloud
      .lineages(clientId)
      .findIndex(({ tokens }) =>
        tokens.some(({ fingerprint }) => fingerprint === fingerprintOf(refreshToken)),
      );

  /** Logs in again, and returns the refresh token. */
  async function logIn({ secretArn: _, ...login }: FirstCredential): Promise<string> {
    const { refreshToken = '' } = await authorizeCode({ loginUrl: genesysCloud.loginUrl, ...login });
    return refreshToken;
  }

  return {
    ...world,
    logIn,

    /** A secret with the tokens of two logins; consumers use the first. */
    async twoGrants(credentialOptions?: CredentialOptions): Promise<FirstCredential> {
      const credential = await world.credential(credentialOptions);
      await sandbox.advance(sandbox.secretsManager.behaviour.readLagMs);
      await world.editSecret(credential.secretArn, { alternateRefreshToken: await logIn(credential) });
      return credential;
    },

    async grants({ secretArn, clientId }: FirstCredential): Promise<GrantsView> {
      await sandbox.advance(sandbox.secretsManager.behaviour.readLagMs);
      const { refreshToken, accessToken, alternateRefreshToken } = await world.currentValue(secretArn);
      return {
        current: loginOf(clientId, refreshToken),
        alternate:
          typeof alternateRefreshToken === 'string'
            ? loginOf(clientId, alternateRefreshToken)
            : (alternateRefreshToken as null | undefined),
        accessTokenWorks: genesysCloud.isLive(fingerprintOf(accessToken)),
      };
    },

    /** Ends one login of a client. */
    endLogin({ clientId }: FirstCredential, login: number): void {
      genesysCloud.revokeLineage(genesysCloud.lineages(clientId)[login - 1]?.id ?? '');
    },

    /** Drops the response to the next refresh; the refresh takes effect. */
    loseNextResponse(): void {
      const stop = genesysCloud.intercept(async ({ grantType }, next) => {
        const response = await next();
        if (grantType !== 'refresh_token') return response;
        stop();
        throw new GenesysConnectionDropped();
      });
    },

    /** Reads the access token; the returned function reports whether it works after each later refresh, and now. */
    async watchConsumer({ secretArn }: FirstCredential): Promise<() => readonly boolean[]> {
      const fingerprint = fingerprintOf((await world.currentValue(secretArn)).accessToken);
      const works: boolean[] = [];
      genesysCloud.onTokenIssued(() => works.push(genesysCloud.isLive(fingerprint)));
      return () => [...works, genesysCloud.isLive(fingerprint)];
    },
  };
}
