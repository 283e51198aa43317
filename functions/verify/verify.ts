import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { currentUserId } from '../shared/current-user.ts';
import { InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys-urls.ts';
import { log } from '../shared/log.ts';
import type { Credential } from '../shared/secret-value.ts';
import { readCredential } from '../shared/secret-versions.ts';
import { checkClient } from '../shared/token-endpoint.ts';
import type { VerifyRequest } from './verify-request.ts';

/** What verifying needs. */
export interface VerifyDependencies {
  readonly secrets: SecretsManagerClient;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** How long Genesys Cloud may take, in ms, asked for when the request is about to leave. */
  readonly timeoutMs: () => number;
  readonly now: () => Date;
}

/** What was verified; Promote promotes exactly this. */
export interface VerifyResult {
  readonly pendingVersionId: string;
  readonly baseVersionId: string;
  /** The Genesys Cloud user whose context the access token gives; null when only the configuration was checked. */
  readonly userId: string | null;
}

/**
 * Proves that the version's access token works, or, when only the configuration is tested, that its client is known
 * to Genesys Cloud (its access token may have expired then). Spends nothing and changes nothing.
 *
 * @throws ResourceNotFoundException the version has no value (yet: reads may lag behind writes, so it is retried)
 * @throws InvalidSecret, and what `currentUserId` or `checkClient` throw
 */
export async function verify(
  request: VerifyRequest,
  dependencies: VerifyDependencies,
): Promise<VerifyResult> {
  const { secretArn, pendingVersionId, baseVersionId, mode } = request;
  const { credential } = await readCredential(dependencies.secrets, secretArn, {
    VersionId: pendingVersionId,
  });
  const userId =
    mode === 'verify'
      ? await verifyAccessToken(secretArn, credential, dependencies)
      : await checkConfiguration(secretArn, credential, dependencies);
  log('info', mode === 'verify' ? 'verified' : 'configuration checked', request, {
    pendingVersionId,
    userId,
  });
  return { pendingVersionId, baseVersionId, userId };
}

function verifyAccessToken(
  secretArn: string,
  { accessToken, host }: Credential,
  { genesysUrlsOf, timeoutMs }: VerifyDependencies,
): Promise<string> {
  if (accessToken === undefined) {
    throw new InvalidSecret(`The pending version of secret ${secretArn} lacks the key accessToken.`);
  }
  return currentUserId(accessToken, {
    secretArn,
    apiUrl: genesysUrlsOf(host).apiUrl,
    timeoutMs: timeoutMs(),
  });
}

async function checkConfiguration(
  secretArn: string,
  credential: Credential,
  { genesysUrlsOf, timeoutMs, now }: VerifyDependencies,
): Promise<null> {
  await checkClient(credential, {
    secretArn,
    loginUrl: genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: timeoutMs(),
    repeated: false,
    now,
  });
  return null;
}
