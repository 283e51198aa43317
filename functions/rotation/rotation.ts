import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidRotationRequest } from '../shared/errors.ts';
import type { RotationIdentity } from '../shared/execution-name.ts';
import { log } from '../shared/log.ts';
import { newSeal } from '../shared/sealed-blob.ts';
import {
  belongsToRotation,
  describeSecret,
  type SecretDescription,
  versionWithStage,
} from '../shared/secret-versions.ts';
import type { WaitDependencies } from './await-execution.ts';
import type { RotationEvent } from './rotation-event.ts';
import { awaitLatestExecution, runExecution } from './run-execution.ts';

/** What a rotation needs. */
export interface RotationDependencies extends WaitDependencies {
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
}

/**
 * Answers one of the four calls of Secrets Manager. `createSecret` does the whole rotation, `testSecret` and
 * `finishSecret` confirm it; only `createSecret` may ever spend a refresh token. Safe to repeat: a rotation whose
 * version, or one derived from it, is AWSCURRENT is done at every step, and one that runs or has failed is continued,
 * not started anew.
 *
 * @throws InvalidRotationRequest, SecretNotFound, RotationFailed, RotationStillRunning
 * @see AWS Secrets Manager User Guide, "Lambda rotation functions"
 */
export async function rotate(event: RotationEvent, dependencies: RotationDependencies): Promise<void> {
  // The pair was made in Genesys Cloud, so there is nothing to set. Whether all is well, testSecret tells at once.
  if (event.step === 'setSecret') return;
  const description = await describeSecret(dependencies.secrets, event.secretId);
  if (!description.rotationEnabled) {
    throw new InvalidRotationRequest(
      `Secret ${description.arn} is not enabled for rotation. Enable it with this function as its rotation function.`,
    );
  }
  const rotation: RotationIdentity = {
    secretArn: description.arn,
    secretName: description.name,
    clientRequestToken: event.clientRequestToken,
  };
  const currentVersionId = versionWithStage(description, 'AWSCURRENT');
  if (currentVersionId !== undefined && belongsToRotation(currentVersionId, event.clientRequestToken)) return;

  switch (event.step) {
    case 'createSecret':
      return createSecret(event, rotation, description, dependencies);
    case 'testSecret':
      return testSecret(rotation, description, dependencies);
    case 'finishSecret':
      return confirmSucceeded(rotation, dependencies);
  }
}

async function createSecret(
  event: RotationEvent,
  rotation: RotationIdentity,
  description: SecretDescription,
  dependencies: RotationDependencies,
): Promise<void> {
  if (!isPending(rotation, description)) return confirmSucceeded(rotation, dependencies);
  const { secretArn, clientRequestToken: versionId } = rotation;
  const sealedRotationToken = await sealRotationToken(event, rotation, dependencies);
  const baseVersionId = versionWithStage(description, 'AWSCURRENT');
  const execution = await runExecution(
    { purpose: 'rotate', rotation, sealedRotationToken, baseVersionId },
    dependencies,
  );
  log('info', 'rotation finished', { secretArn, versionId, execution });
}

/**
 * Confirms the rotation. Without an execution of it, Secrets Manager only tests the configuration (RotateSecret with
 * RotateImmediately=false calls this step alone, on a copy of the current value): that must not spend anything.
 */
async function testSecret(
  rotation: RotationIdentity,
  description: SecretDescription,
  dependencies: RotationDependencies,
): Promise<void> {
  const confirmed = await awaitLatestExecution(rotation, dependencies);
  if (confirmed !== undefined) return;
  if (!isPending(rotation, description)) throw unknownVersion(rotation);
  const { secretArn, clientRequestToken: versionId } = rotation;
  const baseVersionId = versionWithStage(description, 'AWSCURRENT');
  const execution = await runExecution(
    { purpose: 'check-configuration', rotation, sealedRotationToken: null, baseVersionId },
    dependencies,
  );
  log('info', 'configuration checked', { secretArn, versionId, execution });
}

/**
 * Confirms a version that is neither pending nor current: the rotation stood down for a newer credential, or stored
 * its value in another version.
 */
async function confirmSucceeded(
  rotation: RotationIdentity,
  dependencies: RotationDependencies,
): Promise<void> {
  const execution = await awaitLatestExecution(rotation, dependencies);
  if (execution === undefined) throw unknownVersion(rotation);
}

/** Whether AWSPENDING is on this rotation's version, or on one that was derived from it. */
function isPending({ clientRequestToken }: RotationIdentity, description: SecretDescription): boolean {
  const pending = versionWithStage(description, 'AWSPENDING');
  return pending !== undefined && belongsToRotation(pending, clientRequestToken);
}

function unknownVersion({ secretArn, clientRequestToken }: RotationIdentity): InvalidRotationRequest {
  return new InvalidRotationRequest(
    `Version ${clientRequestToken} of secret ${secretArn} is neither AWSPENDING nor AWSCURRENT, and no execution of its rotation exists. Start the rotation with RotateSecret.`,
  );
}

async function sealRotationToken(
  event: RotationEvent,
  { secretArn, clientRequestToken: versionId }: RotationIdentity,
  { kms, sealKeyArn }: RotationDependencies,
): Promise<string | null> {
  if (event.rotationToken === undefined) return null;
  const seal = await newSeal(kms, sealKeyArn, { secretArn, versionId, holds: 'rotation-token' });
  return seal.seal(event.rotationToken);
}
