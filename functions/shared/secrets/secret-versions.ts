import { createHash } from 'node:crypto';
import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret, SecretNotFound } from '../errors.ts';
import { type Credential, parseCredential } from './secret-value.ts';

/** A secret's staging labels, as DescribeSecret lists them. */
export interface SecretDescription {
  /** The full ARN, even when the secret was described by name. */
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

/**
 * The version with AWSPENDING, unless it also has AWSCURRENT. While there is one, Secrets Manager starts no other
 * rotation, and reports none as successful (AWS Secrets Manager API Reference, RotateSecret).
 */
export function blockingVersion(description: Pick<SecretDescription, 'stages'>): string | undefined {
  const pendingId = versionWithStage(description, 'AWSPENDING');
  return pendingId === versionWithStage(description, 'AWSCURRENT') ? undefined : pendingId;
}

/** Waits for the given ms. */
export type Sleep = (ms: number) => Promise<unknown>;

/** The pause between two reads, in ms, and the number of reads after the first. */
const REREAD_PAUSE_MS = 500;
export const MAX_REREADS = 5;

/** Maximum time that a read may be stale, in ms. */
export const MAX_READ_LAG_MS = MAX_REREADS * REREAD_PAUSE_MS;

/**
 * Reads until a write is visible. Secrets Manager is eventually consistent, so a missing secret, version or label, or an
 * incomplete credential, may be a stale read. After 2.5 s the last read counts: its value is returned, or its error
 * thrown.
 *
 * @see AWS Secrets Manager API Reference, ListSecrets
 */
export async function readUntil<Value>(
  isVisible: (value: Value) => boolean,
  read: () => Promise<Value>,
  sleep: Sleep,
): Promise<Value> {
  for (let reread = 0; ; reread++) {
    const isLast = reread === MAX_REREADS;
    try {
      const value = await read();
      if (isLast || isVisible(value)) return value;
    } catch (error) {
      if (isLast || !(error instanceof SecretNotFound || error instanceof InvalidSecret)) throw error;
    }
    await sleep(REREAD_PAUSE_MS);
  }
}

/** How a version is selected. */
export type VersionSelector = { readonly VersionId: string } | { readonly VersionStage: 'AWSCURRENT' };

/**
 * Reads the credential of one version; undefined when there is no such version, or it has no value.
 *
 * @throws InvalidSecret the value is not a complete credential
 */
export async function findCredential(
  secrets: SecretsManagerClient,
  secretArn: string,
  version: VersionSelector,
  sleep: Sleep,
): Promise<StoredCredential | undefined> {
  return readUntil(
    found => found !== undefined,
    () => getCredential(secrets, secretArn, version),
    sleep,
  );
}

async function getCredential(
  secrets: SecretsManagerClient,
  secretArn: string,
  version: VersionSelector,
): Promise<StoredCredential | undefined> {
  try {
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn, ...version }));
    return { versionId: value.VersionId ?? '', credential: parseCredential(secretArn, value) };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * Reads AWSCURRENT.
 *
 * @param assertUsable throws InvalidSecret for an unusable credential, which is then read again
 * @throws InvalidSecret it has no value, or not a complete credential
 */
export async function readCurrent(
  secrets: SecretsManagerClient,
  secretArn: string,
  sleep: Sleep,
  assertUsable: (credential: Credential) => void | Promise<void> = () => undefined,
): Promise<StoredCredential> {
  return readUntil(
    () => true,
    async () => {
      const current = await getCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' });
      if (current === undefined) {
        throw new InvalidSecret(
          `Secret ${secretArn} has no AWSCURRENT value. Store a credential, then redrive the execution.`,
        );
      }
      await assertUsable(current.credential);
      return current;
    },
    sleep,
  );
}

/**
 * Waits, for as long as a read may be stale, until AWSCURRENT is on a different version than the one that was read.
 *
 * @returns the id of the other version; undefined when AWSCURRENT has not moved
 */
export async function currentMovedTo(
  secrets: SecretsManagerClient,
  secretArn: string,
  fromId: string,
  sleep: Sleep,
): Promise<string | undefined> {
  const { versionId } = await readUntil(
    current => current.versionId !== fromId,
    () => readCurrent(secrets, secretArn, sleep),
    sleep,
  );
  return versionId === fromId ? undefined : versionId;
}

/** Half of a derived version id, which has Secrets Manager's maximum of 64 characters. */
const DERIVED_HALF_LENGTH = 32;

/**
 * The id for a value when the rotation's own version, which is immutable, already holds another one. It is derived from
 * the rotation and the value, so that storing the same value again finds it.
 */
export function derivedVersionId(versionId: string, value: string): string {
  return rotationPrefix(versionId) + digest(value).slice(0, DERIVED_HALF_LENGTH);
}

/** Whether a version was written by the rotation of `versionId`: it is that version, or derived from it. */
export function belongsToRotation(candidateId: string, versionId: string): boolean {
  return (
    candidateId === versionId ||
    (candidateId.length === 2 * DERIVED_HALF_LENGTH && candidateId.startsWith(rotationPrefix(versionId)))
  );
}

/**
 * The progress of a rotation. `pending`: AWSPENDING is on one of its versions, or on another one although AWSCURRENT is
 * on one of its versions. `complete`: AWSCURRENT is on one of its versions. `elsewhere`: neither label is.
 */
export type RotationProgress = 'pending' | 'complete' | 'elsewhere';

/** Reads the progress of a rotation from the labels. */
export function rotationProgress(
  description: Pick<SecretDescription, 'stages'>,
  versionId: string,
): RotationProgress {
  const isOn = (label: string): boolean => {
    const holderId = versionWithStage(description, label);
    return holderId !== undefined && belongsToRotation(holderId, versionId);
  };
  if (isOn('AWSCURRENT')) return blockingVersion(description) === undefined ? 'complete' : 'pending';
  return isOn('AWSPENDING') ? 'pending' : 'elsewhere';
}

function rotationPrefix(versionId: string): string {
  return digest(versionId).slice(0, DERIVED_HALF_LENGTH);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
