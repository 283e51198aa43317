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

/** Dependencies of `rotate`. */
export interface RotationDependencies extends WaitDependencies, SealKey {}

/**
 * Handles one of Secrets Manager's four calls. `createSecret` runs the whole rotation; `testSecret` and
 * `finishSecret` confirm it. Only `createSecret` may spend a refresh token. Safe to repeat: a running or failed rotation
 * is continued, not restarted.
 *
 * @throws InvalidRotationRequest, SecretNotFound, RotationFailed, RotationStillRunning
 * @see AWS Secrets Manager User Guide, "Lambda rotation functions"
 */
export async function rotate(event: RotationEvent, dependencies: RotationDependencies): Promise<void> {
  // Genesys Cloud issued the pair, so there is nothing to set.
  if (event.step === 'setSecret') return;
  const { secrets, sleep } = dependencies;
  const sealing = sealRotationToken(event, dependencies);
  // Awaited only when the sealed token is needed. Otherwise a failure to seal it is ignored.
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
 * Confirms the rotation. If it has no execution, Secrets Manager is testing the configuration (RotateSecret with
 * RotateImmediately=false calls only this step, on a copy of the current value), which must not spend a refresh token.
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

/** Confirms a rotation without labels: it stood down for a newer login. */
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

/** Seals the RotationToken for the execution that createSecret starts. */
async function sealRotationToken(
  { step, secretId: secretArn, clientRequestToken: versionId, rotationToken }: RotationEvent,
  dependencies: RotationDependencies,
): Promise<string | null> {
  if (step !== 'createSecret' || rotationToken === undefined) return null;
  const seal = await newSeal(dependencies, { secretArn, versionId, holds: 'rotation-token' });
  return seal.seal(rotationToken);
}
