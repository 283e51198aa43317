import { createHash } from 'node:crypto';
import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CurrentVersionMoved, SecretNotFound } from './errors.ts';
import { type Credential, parseCredential } from './secret-value.ts';

/** A secret's staging labels, as DescribeSecret lists them. */
export interface SecretDescription {
  /** The full ARN, also when the secret was asked for by name. */
  readonly arn: string;
  readonly name: string;
  readonly rotationEnabled: boolean;
  /** Absent in a secret whose rotation was never configured. */
  readonly rotationFunctionArn?: string;
  /** Labelled versions only; an id may be listed before its version has a value. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

/** A version that has a value. */
export interface StoredCredential {
  readonly versionId: string;
  readonly credential: Credential;
}

/**
 * Describes a secret.
 *
 * @throws SecretNotFound it does not exist, or is scheduled for deletion
 */
export async function describeSecret(
  secrets: SecretsManagerClient,
  secretId: string,
): Promise<SecretDescription> {
  let described: DescribeSecretCommandOutput;
  try {
    described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw new SecretNotFound(`Secret ${secretId} does not exist in this account and region.`);
    }
    throw error;
  }
  if (described.DeletedDate !== undefined) {
    throw new SecretNotFound(
      `Secret ${secretId} is scheduled for deletion; restore it, then redrive the execution.`,
    );
  }
  return {
    arn: described.ARN ?? secretId,
    name: described.Name ?? secretId,
    rotationEnabled: described.RotationEnabled ?? false,
    ...(described.RotationLambdaARN === undefined
      ? {}
      : { rotationFunctionArn: described.RotationLambdaARN }),
    stages: described.VersionIdsToStages ?? {},
  };
}

/** The version that a staging label is on. */
export function versionWithStage(
  { stages }: Pick<SecretDescription, 'stages'>,
  stage: string,
): string | undefined {
  return Object.entries(stages).find(([, labels]) => labels.includes(stage))?.[0];
}

/** Says that AWSCURRENT left the version that a rotation started from. */
export function currentVersionMoved(
  secretArn: string,
  baseVersionId: string,
  currentVersionId: string | undefined,
): CurrentVersionMoved {
  return new CurrentVersionMoved(
    `AWSCURRENT of secret ${secretArn} is on version ${currentVersionId}, no longer on ${baseVersionId} that this rotation started from: someone wrote a newer credential, which stays.`,
  );
}

/** How a version is asked for. */
export type VersionSelector = { readonly VersionId: string } | { readonly VersionStage: 'AWSCURRENT' };

/**
 * Reads the credential of one version.
 *
 * @throws ResourceNotFoundException (Secrets Manager) there is no such version, or it has no value yet
 * @throws InvalidSecret the value is not a complete credential
 */
export async function readCredential(
  secrets: SecretsManagerClient,
  secretArn: string,
  version: VersionSelector,
): Promise<StoredCredential> {
  const read = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn, ...version }));
  return { versionId: read.VersionId ?? '', credential: parseCredential(secretArn, read) };
}

/** The same, but undefined when there is no such version, or it has no value yet. */
export async function findCredential(
  secrets: SecretsManagerClient,
  secretArn: string,
  version: VersionSelector,
): Promise<StoredCredential | undefined> {
  try {
    return await readCredential(secrets, secretArn, version);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Half of a derived version id (64 characters, the most that Secrets Manager takes). */
const DERIVED_HALF_LENGTH = 32;

/**
 * The id for a value that the rotation's own version cannot take, because it already holds another one and a
 * version is immutable. It follows from the rotation and the value, so that storing the same value again finds it.
 */
export function derivedVersionId(versionId: string, value: string): string {
  return rotationMark(versionId) + digest(value).slice(0, DERIVED_HALF_LENGTH);
}

/** Whether a version was written by the rotation of `versionId`: it is that version, or derived from it. */
export function belongsToRotation(candidateId: string, versionId: string): boolean {
  return (
    candidateId === versionId ||
    (candidateId.length === 2 * DERIVED_HALF_LENGTH && candidateId.startsWith(rotationMark(versionId)))
  );
}

function rotationMark(versionId: string): string {
  return digest(versionId).slice(0, DERIVED_HALF_LENGTH);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
