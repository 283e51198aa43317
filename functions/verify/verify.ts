import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { currentUserId } from '../shared/current-user.ts';
import { AccessTokenOutdated, AccessTokenRejected, InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys-urls.ts';
import { log } from '../shared/log.ts';
import type { Credential } from '../shared/secret-value.ts';
import { findCredential, readCredential, type StoredCredential } from '../shared/secret-versions.ts';
import { checkClient } from '../shared/token-endpoint.ts';
import type { VerifyRequest } from './verify-request.ts';

/**
 * Tokens that were refreshed longer ago than this, in ms, come from an earlier run of the execution: it is longer
 * than any run takes, and shorter than an access token lives (300 s at least).
 */
export const OUTDATED_AFTER_MS = 60_000;

/** What verifying needs. */
export interface VerifyDependencies {
  readonly secrets: SecretsManagerClient;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** How long Genesys Cloud may take, in ms, asked for when the request is about to leave. */
  readonly timeoutMs: () => number;
  readonly now: () => Date;
}

/** What was found out. */
export interface VerifyResult {
  /** The Genesys Cloud user whose context the access token gives; null when only the configuration was checked. */
  readonly userId: string | null;
  /**
   * As it was asked (ISO 8601): Promote needs it, and is reached from a Verify that has it and from one that has not.
   */
  readonly refreshedAt: string | null;
}

/**
 * Proves that the version's access token works, or, when only the configuration is tested, that its client is known
 * to Genesys Cloud (its access token may have expired then). Spends nothing and changes nothing.
 *
 * @throws ResourceNotFoundException the version has no value (yet: reads may lag behind writes, so it is retried)
 * @throws AccessTokenOutdated the API answers 401 to tokens of an earlier run of the execution
 * @throws InvalidSecret, and what `currentUserId` or `checkClient` throw
 */
export async function verify(
  request: VerifyRequest,
  dependencies: VerifyDependencies,
): Promise<VerifyResult> {
  const { secretArn, pendingVersionId, mode } = request;
  const { credential } = await (mode === 'verify' ? readPending : readTested)(request, dependencies);
  const userId =
    mode === 'verify'
      ? await verifyAccessToken(request, credential, dependencies)
      : await checkConfiguration(secretArn, credential, dependencies);
  log('info', mode === 'verify' ? 'verified' : 'configuration checked', request, {
    pendingVersionId,
    userId,
  });
  return { userId, refreshedAt: request.refreshedAt?.toISOString() ?? null };
}

function readPending(
  { secretArn, pendingVersionId }: VerifyRequest,
  { secrets }: VerifyDependencies,
): Promise<StoredCredential> {
  return readCredential(secrets, secretArn, { VersionId: pendingVersionId });
}

/** Secrets Manager removes the copy when its test is over; a redrive tests the value that it was a copy of. */
async function readTested(
  { secretArn, pendingVersionId }: VerifyRequest,
  { secrets }: VerifyDependencies,
): Promise<StoredCredential> {
  const copy = await findCredential(secrets, secretArn, { VersionId: pendingVersionId });
  return copy ?? (await readCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' }));
}

async function verifyAccessToken(
  { secretArn, refreshedAt }: VerifyRequest,
  { accessToken, host }: Credential,
  { genesysUrlsOf, timeoutMs, now }: VerifyDependencies,
): Promise<string> {
  if (accessToken === undefined) {
    throw new InvalidSecret(`The pending version of secret ${secretArn} lacks the key accessToken.`);
  }
  const { apiUrl } = genesysUrlsOf(host);
  try {
    return await currentUserId(accessToken, { secretArn, apiUrl, timeoutMs: timeoutMs() });
  } catch (error) {
    const ageMs = refreshedAt === null ? 0 : now().getTime() - refreshedAt.getTime();
    if (!(error instanceof AccessTokenRejected) || ageMs < OUTDATED_AFTER_MS) throw error;
    throw new AccessTokenOutdated(
      `The access token of secret ${secretArn} has died since it was refreshed at ${refreshedAt?.toISOString()}, before a redrive. The refresh token beside it is traded.`,
    );
  }
}

async function checkConfiguration(
  secretArn: string,
  credential: Credential,
  { genesysUrlsOf, timeoutMs }: VerifyDependencies,
): Promise<null> {
  await checkClient(credential, {
    secretArn,
    loginUrl: genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: timeoutMs(),
  });
  return null;
}
