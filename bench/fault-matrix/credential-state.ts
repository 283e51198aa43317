import type { GenesysCloud } from '../../sandbox/genesys-cloud/genesys-cloud.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type TokenFingerprints, type TokenLocator, tokensWith } from '../token-locator.ts';

/** Where the tokens of a credential are. */
export interface CredentialState {
  /**
   * The content of AWSCURRENT. `kept`: the tokens from before the rotation; `rotated`: a complete credential with two
   * live tokens; `broken`: anything else.
   */
  readonly current: 'kept' | 'rotated' | 'broken';
  /**
   * The best copy of the live refresh token: in AWSCURRENT, in the version with AWSPENDING, in the journal, in the state
   * of an execution, or none.
   */
  readonly newestToken: 'current' | 'stored' | 'recorded' | 'sealed' | 'lost';
  /** Whether a rotation can find that token from AWSCURRENT. */
  readonly isReachable: boolean;
}

/** A credential of a client with one login. */
export interface WatchedCredential {
  readonly secretArn: string;
  readonly clientId: string;
  /** The tokens in AWSCURRENT before the rotation. */
  readonly before: TokenFingerprints;
}

/** Finds the tokens of a credential; `executionArns` are those of its rotations. */
export async function credentialState(
  { secretArn, clientId, before }: WatchedCredential,
  executionArns: readonly string[],
  { sandbox, locator }: { readonly sandbox: Sandbox; readonly locator: TokenLocator },
): Promise<CredentialState> {
  const { genesysCloud } = sandbox;
  const current = tokensWith('AWSCURRENT', secretArn, sandbox);
  if (current === undefined) return { current: 'broken', newestToken: 'lost', isReachable: false };

  const live = liveRefreshToken(clientId, genesysCloud);
  const isKept = current.refreshToken === before.refreshToken && current.accessToken === before.accessToken;
  const isGood = genesysCloud.isLive(current.refreshToken) && genesysCloud.isLive(current.accessToken);
  return {
    current: isKept ? 'kept' : isGood ? 'rotated' : 'broken',
    newestToken: live === undefined ? 'lost' : await bestCopy(live),
    isReachable: live !== undefined && (await locator.routeTo(secretArn, current, live)) !== undefined,
  };

  async function bestCopy(token: string): Promise<CredentialState['newestToken']> {
    if (current?.refreshToken === token) return 'current';
    if (tokensWith('AWSPENDING', secretArn, sandbox)?.refreshToken === token) return 'stored';
    if (await locator.isRecorded(secretArn, token)) return 'recorded';
    const sealed = await Promise.all(executionArns.map(arn => locator.sealedIn(arn)));
    return sealed.includes(token) ? 'sealed' : 'lost';
  }
}

function liveRefreshToken(clientId: string, genesysCloud: GenesysCloud): string | undefined {
  return genesysCloud
    .lineages(clientId)
    .flatMap(({ tokens }) => tokens)
    .find(({ kind, state }) => kind === 'refresh' && state === 'live')?.fingerprint;
}
