import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AccessTokenNotPublished, InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys/urls.ts';
import { secretNameOf } from '../shared/input/arns.ts';
import { requestFields } from '../shared/input/request.ts';
import { isClientFault } from '../shared/secrets/pending-label.ts';
import { publishedSecretName, publishedValue, putPublishedValue } from '../shared/secrets/published-token.ts';
import { assertNamesHost } from '../shared/secrets/secret-value.ts';
import {
  belongsToRotation,
  describeSecret,
  findCredential,
  readUntil,
  type Sleep,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';

/** Dependencies of `publish`. */
export interface PublishDependencies {
  readonly secrets: SecretsManagerClient;
  readonly genesysUrlsOf: GenesysUrlsOf;
  readonly sleep: Sleep;
  /** Whether the secret must name its Genesys Cloud host. */
  readonly hostRequired?: boolean;
}

/** The result of publishing. */
export interface PublishResult {
  /** The version of the rotated secret whose access token is published; null when AWSCURRENT holds no access token. */
  readonly publishedVersionId: string | null;
}

/**
 * Reads the request of the states Publish and PublishNewerLogin.
 *
 * @throws InvalidRotationRequest
 */
export function parsePublishRequest(event: unknown): LogSubject {
  const request = requestFields('The request of the state Publish', event);
  return {
    secretArn: request.secretArn('secretArn'),
    versionId: request.id('versionId'),
    execution: request.executionArn('execution'),
    state: request.id('state'),
  };
}

/**
 * Writes the access token of AWSCURRENT to the secret that consumers read. It publishes what is current now, not what
 * this rotation promoted, because a redrive may come days later. Another execution may publish at the same time, so it
 * reads AWSCURRENT again after the write, and repeats the write if it has moved. Safe to repeat.
 *
 * @throws SecretNotFound          the rotated secret is gone
 * @throws InvalidSecret           AWSCURRENT is not a complete credential, or does not name a host that is required
 * @throws AccessTokenNotPublished Secrets Manager refuses the write: the published secret does not exist, lacks the tag,
 *         is scheduled for deletion, or its key cannot be used
 */
export async function publish(
  request: LogSubject,
  { secrets, genesysUrlsOf, sleep, hostRequired = false }: PublishDependencies,
): Promise<PublishResult> {
  const { secretArn, versionId } = request;
  const publishedName = publishedSecretName(secretNameOf(secretArn));
  const readCurrentId = async (): Promise<string> =>
    versionWithStage(await describeSecret(secrets, secretArn), 'AWSCURRENT') ?? '';

  let currentId = await readUntil(id => belongsToRotation(id, versionId), readCurrentId, sleep);
  for (;;) {
    const current = await findCredential(secrets, secretArn, { VersionId: currentId }, sleep);
    if (current === undefined) {
      throw new InvalidSecret(
        `Secret ${secretArn} has no AWSCURRENT value. Store a credential, then redrive the execution.`,
      );
    }
    if (hostRequired) assertNamesHost(secretArn, current.credential);
    const value = publishedValue(current.credential, genesysUrlsOf);
    if (value === undefined) {
      log('info', 'nothing to publish', request, { currentVersionId: currentId });
      return { publishedVersionId: null };
    }
    await putPublishedValue(secrets, publishedName, { versionId: currentId, value }).catch(error => {
      throw isRefusal(error) ? notPublished(error, secretArn, publishedName) : error;
    });
    const nowId = await readCurrentId();
    if (nowId === currentId) break;
    currentId = nowId;
  }
  log('info', 'published', request, { publishedVersionId: currentId });
  return { publishedVersionId: currentId };
}

/** A missing published secret is also a refusal, whichever call reports it. */
function isRefusal(error: unknown): error is Error {
  return isClientFault(error) || (error instanceof Error && error.name === 'SecretNotFound');
}

/** Names the AWS error without its message, which may quote the request. */
function notPublished({ name }: Error, secretArn: string, publishedName: string): AccessTokenNotPublished {
  return new AccessTokenNotPublished(
    `The tokens of secret ${secretArn} are safe in AWSCURRENT, but the access token could not be written to the secret ${publishedName} (${name}). That secret must exist, carry the tag of this deployment, and have a KMS key that the function publish may use. Run authorize for the rotated secret, which creates it, or fix it, then redrive the execution.`,
  );
}
