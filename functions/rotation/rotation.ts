import { InvalidRotationRequest } from '../shared/errors.ts';
import type { RotationIdentity } from '../shared/executions/execution-name.ts';
import { newSeal, type SealKey } from '../shared/journal/sealed-blob.ts';
import {
  blockingVersion,
  describeSecret,
  type RotationProgress,
  readUntil,
  rotationProgress,
} from '../shared/secrets/secret-versions.ts';
import { log } from '../shared/telemetry/log.ts';
import type { WaitDependencies } from './await-execution.ts';
import type { RotationEvent } from './rotation-event.ts';
import { awaitLatestExecution, runExecution } from './run-execution.ts';

/** What a rotation needs. */
export interface RotationDependencies extends WaitDependencies, SealKey {}

/**
 * Serves one of the four calls of Secrets Manager. `createSecret` does the whole rotation, `testSecret` and
 * `finishSecret` confirm it; only `createSecret` may ever spend a refresh token. Safe to repeat: a rotation that runs
 * or has failed is continued, not started again.
 *
 * @throws InvalidRotationRequest, SecretNotFound, RotationFailed, RotationStillRunning
 * @see AWS Secrets Manager User Guide, "Lambda rotation functions"
 */
export async function rotate(event: RotationEvent, dependencies: RotationDependencies): Promise<void> {
  // Genesys Cloud made the pair, so there is nothing to set. testSecret reports at once whether all is well.
  if (event.step === 'setSecret') return;
  const { secrets, sleep } = dependencies;
  const sealing = sealRotationToken(event, dependencies);
  // Awaited once the token is needed: without need for it, its failure does not matter.
  sealing.catch(() => {});
  const description = await readUntil(
    read => rotationProgress(read, event.clientRequestToken) !== 'elsewhere',
    () => describeSecret(secrets, event.secretId),
    sleep,
  );
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
  const progress = rotationProgress(description, event.clientRequestToken);
  if (progress === 'complete') return;

  switch (event.step) {
    case 'createSecret':
      return blockingVersion(description) === undefined
        ? confirmSucceeded(rotation, dependencies)
        : createSecret(rotation, await sealing, dependencies);
    case 'testSecret':
      return testSecret(rotation, progress, dependencies);
    case 'finishSecret':
      return confirmSucceeded(rotation, dependencies);
  }
}

async function createSecret(
  rotation: RotationIdentity,
  sealedRotationToken: string | null,
  dependencies: RotationDependencies,
): Promise<void> {
  const { secretArn, clientRequestToken: versionId } = rotation;
  const execution = await runExecution({ purpose: 'rotate', rotation, sealedRotationToken }, dependencies);
  log('info', 'rotation finished', { secretArn, versionId, execution });
}

/**
 * Confirms the rotation. Without an execution of it, Secrets Manager only tests the configuration (RotateSecret with
 * RotateImmediately=false calls this step alone, on a copy of the current value): that must not spend anything.
 */
async function testSecret(
  rotation: RotationIdentity,
  progress: RotationProgress,
  dependencies: RotationDependencies,
): Promise<void> {
  const confirmed = await awaitLatestExecution(rotation, dependencies);
  if (confirmed !== undefined) return;
  if (progress === 'elsewhere') throw unknownVersion(rotation);
  const { secretArn, clientRequestToken: versionId } = rotation;
  const execution = await runExecution(
    { purpose: 'check-configuration', rotation, sealedRotationToken: null },
    dependencies,
  );
  log('info', 'configuration checked', { secretArn, versionId, execution });
}

/** Confirms a rotation that has left no label to work on: it stood down for a newer login. */
async function confirmSucceeded(
  rotation: RotationIdentity,
  dependencies: RotationDependencies,
): Promise<void> {
  const execution = await awaitLatestExecution(rotation, dependencies);
  if (execution === undefined) throw unknownVersion(rotation);
}

function unknownVersion({ secretArn, clientRequestToken }: RotationIdentity): InvalidRotationRequest {
  return new InvalidRotationRequest(
    `Version ${clientRequestToken} of secret ${secretArn} is neither AWSPENDING nor AWSCURRENT, and no execution of its rotation exists. Start the rotation with RotateSecret.`,
  );
}

/** Seals the RotationToken for the execution that createSecret starts. Secrets Manager gives the secret's full ARN. */
async function sealRotationToken(
  { step, secretId: secretArn, clientRequestToken: versionId, rotationToken }: RotationEvent,
  dependencies: RotationDependencies,
): Promise<string | null> {
  if (step !== 'createSecret' || rotationToken === undefined) return null;
  const seal = await newSeal(dependencies, { secretArn, versionId, holds: 'rotation-token' });
  return seal.seal(rotationToken);
}
