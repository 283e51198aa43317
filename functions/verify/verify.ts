import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MINUTE_MS } from '../shared/durations.ts';
import {
  AccessTokenExpired,
  AccessTokenRejected,
  CurrentVersionMoved,
  InvalidSecret,
  PendingVersionMissing,
  WrongUser,
} from '../shared/errors.ts';
import { currentUserId } from '../shared/genesys/current-user.ts';
import { checkClient } from '../shared/genesys/token-endpoint.ts';
import type { GenesysUrlsOf } from '../shared/genesys/urls.ts';
import { requestFields } from '../shared/input/request.ts';
import { assertNamesHost, type Credential } from '../shared/secrets/secret-value.ts';
import {
  currentMovedTo,
  findCredential,
  readCurrent,
  type Sleep,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';

/** The request of the states Verify and CheckConfiguration. */
export type VerifyRequest = LogSubject &
  (
    | {
        readonly mode: 'verify';
        readonly pendingVersionId: string;
        /** The version that StorePending read as AWSCURRENT. */
        readonly baseVersionId: string;
        /** When Genesys Cloud issued the pending tokens. */
        readonly issuedAt: Date;
      }
    | { readonly mode: 'check-configuration' }
  );

/** Dependencies of `verify`. */
export interface VerifyDependencies {
  readonly secrets: SecretsManagerClient;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** How long Genesys Cloud may take, in ms; read when the request is about to be sent. */
  readonly timeoutMs: () => number;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** Whether the secret must name its Genesys Cloud host. */
  readonly hostRequired?: boolean;
}

/** The result of a verification. */
export interface VerifyResult {
  /** The Genesys Cloud user of the access token; null when only the configuration was checked. */
  readonly userId: string | null;
}

/** Token age in ms. A token rejected at this age or later has expired or was revoked; one rejected earlier never worked. */
export const FRESH_MS = MINUTE_MS;

/**
 * Reads the request.
 *
 * @throws InvalidRotationRequest
 */
export function parseVerifyRequest(event: unknown): VerifyRequest {
  const request = requestFields('The request of the state Verify', event);
  const subject = {
    secretArn: request.secretArn('secretArn'),
    versionId: request.id('versionId'),
    execution: request.executionArn('execution'),
    state: request.id('state'),
  };
  const mode = request.oneOf('mode', ['verify', 'check-configuration']);
  if (mode === 'check-configuration') return { ...subject, mode };
  return {
    ...subject,
    mode,
    pendingVersionId: request.id('pendingVersionId'),
    baseVersionId: request.id('baseVersionId'),
    issuedAt: request.instant('issuedAt'),
  };
}

/**
 * Verifies that the pending access token works and belongs to the secret's user. In a configuration test, only checks
 * that Genesys Cloud accepts the client. Spends nothing and changes nothing.
 *
 * @throws PendingVersionMissing the pending version has no value
 * @throws AccessTokenExpired    the API responds with 401 to a token that was issued a while ago
 * @throws WrongUser             the token's user is not the pending `genesysUserId`
 * @throws CurrentVersionMoved   the same, but AWSCURRENT was changed since StorePending read it
 * @throws InvalidSecret, and the errors of `currentUserId` or `checkClient`
 */
export async function verify(
  request: VerifyRequest,
  dependencies: VerifyDependencies,
): Promise<VerifyResult> {
  if (request.mode === 'check-configuration') {
    await checkConfiguration(request, dependencies);
    log('info', 'configuration checked', request);
    return { userId: null };
  }
  const { secretArn, pendingVersionId } = request;
  const { secrets, sleep, hostRequired = false } = dependencies;
  const pending = await findCredential(secrets, secretArn, { VersionId: pendingVersionId }, sleep);
  if (pending === undefined) {
    throw new PendingVersionMissing(
      `The pending version ${pendingVersionId} of secret ${secretArn} has no value. It is stored again.`,
    );
  }
  if (hostRequired) assertNamesHost(secretArn, pending.credential);
  const userId = await userOf(pending.credential, request, dependencies);
  await assertRightUser(userId, pending.credential, request, dependencies);
  log('info', 'verified', request, { pendingVersionId, userId });
  return { userId };
}

async function userOf(
  { accessToken, host }: Credential,
  { secretArn, issuedAt }: VerifyRequest & { mode: 'verify' },
  { genesysUrlsOf, timeoutMs, now }: VerifyDependencies,
): Promise<string> {
  if (accessToken === undefined) {
    throw new InvalidSecret(`The pending version of secret ${secretArn} lacks the key accessToken.`);
  }
  try {
    return await currentUserId(accessToken, {
      secretArn,
      apiUrl: genesysUrlsOf(host).apiUrl,
      timeoutMs: timeoutMs(),
    });
  } catch (error) {
    const ageMs = now().getTime() - issuedAt.getTime();
    if (!(error instanceof AccessTokenRejected) || ageMs < FRESH_MS) throw error;
    throw new AccessTokenExpired(
      `Genesys Cloud rejects the access token for secret ${secretArn} that was issued at ${issuedAt.toISOString()}. Its refresh token is exchanged.`,
    );
  }
}

/** A corrected `genesysUserId` is in AWSCURRENT; the pending version still has the stored one. */
async function assertRightUser(
  userId: string,
  { genesysUserId }: Credential,
  { secretArn, baseVersionId }: VerifyRequest & { mode: 'verify' },
  { secrets, sleep }: VerifyDependencies,
): Promise<void> {
  if (genesysUserId === undefined || genesysUserId === userId) return;
  const movedTo = await currentMovedTo(secrets, secretArn, baseVersionId, sleep);
  if (movedTo !== undefined) {
    throw new CurrentVersionMoved(
      `AWSCURRENT of secret ${secretArn} has moved from version ${baseVersionId} to ${movedTo}. The new tokens are merged into the current value.`,
    );
  }
  throw new WrongUser(
    `The new access token for secret ${secretArn} belongs to user ${userId}, but the secret's genesysUserId is another user. AWSCURRENT is unchanged, and the new tokens are in the journal. Log in as the right user (authorize) or correct genesysUserId in AWSCURRENT, then redrive the execution.`,
  );
}

async function checkConfiguration(
  { secretArn }: VerifyRequest,
  { secrets, genesysUrlsOf, timeoutMs, sleep, hostRequired = false }: VerifyDependencies,
): Promise<void> {
  const { credential } = await readCurrent(secrets, secretArn, sleep);
  if (hostRequired) assertNamesHost(secretArn, credential);
  await checkClient(credential, {
    secretArn,
    loginUrl: genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: timeoutMs(),
  });
}
