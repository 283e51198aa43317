import type { KMSClient } from '@aws-sdk/client-kms';
import {
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { log } from '../shared/log.ts';
import { openSeal, type SealContext } from '../shared/sealed-blob.ts';
import {
  belongsToRotation,
  currentVersionMoved,
  derivedVersionId,
  describeSecret,
  versionWithStage,
} from '../shared/secret-versions.ts';
import type { StorePendingRequest } from './store-pending-request.ts';

/** What storing needs. */
export interface StorePendingDependencies {
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
}

/** Where the new credential is, and which version it replaces. */
export interface StorePendingResult {
  readonly pendingVersionId: string;
  readonly baseVersionId: string;
}

/** How Secrets Manager may refuse a RotationToken that is no longer good; its names for that are not documented. */
const TOKEN_REFUSALS = new Set([
  'InvalidRequestException',
  'InvalidParameterException',
  'AccessDeniedException',
  'ValidationException',
]);

/**
 * Stores the sealed value as the pending version. Safe to repeat: the same value goes to the same version.
 *
 * @throws CurrentVersionMoved someone wrote a newer credential since the refresh
 * @throws InvalidRotationRequest a seal was altered
 */
export async function storePending(
  request: StorePendingRequest,
  { secrets, kms, sealKeyArn }: StorePendingDependencies,
): Promise<StorePendingResult> {
  const { secretArn, versionId, baseVersionId, sealedRotationToken } = request;
  const open = (context: Omit<SealContext, 'secretArn'>, blob: string): Promise<string> =>
    openSeal(kms, sealKeyArn, { secretArn, ...context }, blob);
  const [description, value, rotationToken] = await Promise.all([
    describeSecret(secrets, secretArn),
    open({ versionId: request.sealedVersionId, holds: 'secret-value' }, request.sealedValue),
    sealedRotationToken === null
      ? undefined
      : open({ versionId, holds: 'rotation-token' }, sealedRotationToken),
  ]);
  const currentVersionId = versionWithStage(description, 'AWSCURRENT');
  const alreadyPromoted = currentVersionId !== undefined && belongsToRotation(currentVersionId, versionId);
  if (currentVersionId !== baseVersionId && !alreadyPromoted) {
    throw currentVersionMoved(secretArn, baseVersionId, currentVersionId);
  }

  const put = (id: string, token: string | undefined): Promise<string> =>
    putPending(secrets, secretArn, id, value, token);
  const putAs = (id: string): Promise<string> =>
    put(id, rotationToken).catch(error => {
      if (rotationToken === undefined || !isTokenRefusal(error)) throw error;
      // The token of an invocation that is over. What Secrets Manager thinks of the rotation matters less than the
      // credential: it is promoted all the same, and the next attempt finds it current.
      log('warn', 'rotation token refused', request, { error: error.name });
      return put(id, undefined);
    });
  const pendingVersionId = await putAs(versionId).catch(error => {
    if (!(error instanceof ResourceExistsException)) throw error;
    // A version is immutable, and this rotation stored another value before: it refreshed again since.
    return putAs(derivedVersionId(versionId, value));
  });
  log('info', 'stored pending', request, { pendingVersionId, baseVersionId });
  return { pendingVersionId, baseVersionId };
}

async function putPending(
  secrets: SecretsManagerClient,
  secretArn: string,
  versionId: string,
  value: string,
  rotationToken: string | undefined,
): Promise<string> {
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      ClientRequestToken: versionId,
      SecretString: value,
      VersionStages: ['AWSPENDING'],
      ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
    }),
  );
  return versionId;
}

function isTokenRefusal(error: unknown): error is SecretsManagerServiceException {
  return error instanceof SecretsManagerServiceException && TOKEN_REFUSALS.has(error.name);
}
