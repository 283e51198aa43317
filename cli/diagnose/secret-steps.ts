import { DescribeKeyCommand, type KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import {
  DecryptionFailure,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../../functions/shared/errors.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { type Credential, parseCredential } from '../../functions/shared/secrets/secret-value.ts';
import type { ExecutionSummary } from '../shared/executions.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import { instantText } from '../shared/time-text.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** The secret, without its values. */
export interface DescribedSecret extends DescribeSecretCommandOutput {
  readonly ARN: string;
  readonly Name: string;
}

/** The value of AWSCURRENT, and when that version was created. */
export interface StoredValue {
  readonly credential: Credential;
  readonly storedAt: Date;
}

/** Checks whether the secret exists, is not scheduled for deletion, and can be rotated in this region. */
export async function checkSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  region: string,
): Promise<Finding<DescribedSecret>> {
  let described: DescribeSecretCommandOutput;
  try {
    described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException || error instanceof InvalidParameterException))
      throw error;
    return wrong(
      `${secretId} does not exist in ${region}`,
      `Check the name (aws secretsmanager list-secrets) and the region (--region).`,
    );
  }
  const { ARN = secretId, Name = secretId, DeletedDate, PrimaryRegion } = described;
  if (DeletedDate !== undefined) {
    return wrong(
      `${Name} is scheduled for deletion`,
      `If that is not intended, restore it: aws secretsmanager restore-secret --secret-id ${ARN}`,
    );
  }
  if (PrimaryRegion !== undefined && PrimaryRegion !== region) {
    return wrong(
      `${Name} is a replica`,
      `Only the primary secret in ${PrimaryRegion} is rotated. Deploy there, and diagnose with --region ${PrimaryRegion}.`,
    );
  }
  return ok(ARN, { ...described, ARN, Name });
}

/** Checks whether the current value is a complete credential. Reports keys, never their values. */
export async function checkValue(
  secrets: SecretsManagerClient,
  { ARN, Name }: DescribedSecret,
  command: CommandLine,
): Promise<Finding<StoredValue>> {
  const store = `Store a credential: ${command`authorize ${Name}`}`;
  try {
    const read = await secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
    const credential = parseCredential(ARN, read);
    const { host, clientId, expiresAt } = credential;
    const end = expiresAt === undefined ? '' : `, access token until ${instantText(expiresAt)}`;
    return ok(`client ${clientId} at ${host}${end}`, {
      credential,
      storedAt: read.CreatedDate ?? new Date(0),
    });
  } catch (error) {
    if (error instanceof InvalidSecret) return wrong('not a complete credential', error.message);
    if (error instanceof ResourceNotFoundException) return wrong('the secret has no value yet', store);
    if (error instanceof DecryptionFailure) {
      return wrong(
        'the value cannot be decrypted',
        `Secrets Manager cannot use the KMS key of secret ${Name} on your behalf. Check the state of the key and its policy.`,
      );
    }
    throw error;
  }
}

/** In ms. Within this time a rotation starts its execution, and a configuration test ends. */
const MAX_START_MS = 120_000;

/**
 * Checks whether AWSPENDING blocks rotations. It does not if it is on no version, on the version of AWSCURRENT, or on
 * the version of a rotation that is running or can be redriven. On any other version it blocks every rotation.
 *
 * @see AWS Secrets Manager API Reference, RotateSecret
 */
export async function checkLabels(
  secrets: SecretsManagerClient,
  { ARN, Name, VersionIdsToStages = {} }: DescribedSecret,
  last: ExecutionSummary | undefined,
  now: Date,
  command: CommandLine,
): Promise<Finding<undefined>> {
  const pending = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSPENDING'));
  if (pending === undefined) return ok('AWSPENDING is on no version', undefined);
  const [versionId, stages] = pending;
  if (stages.includes('AWSCURRENT')) return ok('AWSPENDING is on the version of AWSCURRENT', undefined);
  if (last !== undefined && last.status !== 'SUCCEEDED') {
    return ok(`AWSPENDING is on ${versionId}, of a rotation that is ${last.status}`, undefined);
  }
  const version = await findListedVersion(secrets, ARN, ({ VersionId }) => VersionId === versionId);
  const ageMs = now.getTime() - (version?.CreatedDate ?? new Date(0)).getTime();
  if (ageMs < MAX_START_MS)
    return ok(`AWSPENDING is on ${versionId}, of a rotation that has just started`, undefined);
  return wrong(
    `AWSPENDING was left on ${versionId}`,
    `No rotation of that version is running or can be redriven, and Secrets Manager starts no other rotation while the label is there. Remove the label: aws secretsmanager update-secret-version-stage --secret-id ${ARN} --version-stage AWSPENDING --remove-from-version-id ${versionId}, then rotate: ${command`rotate ${Name}`}. No tokens are lost: the newest ones are in the refresh journal.`,
  );
}

/** A usable key. */
export interface WorkingKey {
  readonly arn: string;
  /** Using an AWS managed key through its service needs no permission for the key. */
  readonly isManagedByAws: boolean;
}

/**
 * Checks whether a KMS key is usable.
 *
 * @param lost what to do if the key is permanently lost
 * @see AWS KMS Developer Guide, "Key states of AWS KMS keys"
 */
export async function checkKey(kms: KMSClient, keyId: string, lost: string): Promise<Finding<WorkingKey>> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    switch (KeyMetadata?.KeyState) {
      case 'Disabled':
        return wrong(`${keyId} is disabled`, `Enable the key: aws kms enable-key --key-id ${keyId}`);
      case 'PendingDeletion':
        return wrong(
          `${keyId} is pending deletion`,
          `Cancel the deletion before it completes. Otherwise everything encrypted with the key is lost: aws kms cancel-key-deletion --key-id ${keyId}, then aws kms enable-key --key-id ${keyId}`,
        );
    }
    return KeyMetadata?.Enabled === true
      ? ok(keyId, { arn: KeyMetadata.Arn ?? keyId, isManagedByAws: KeyMetadata.KeyManager === 'AWS' })
      : wrong(`${keyId} is ${KeyMetadata?.KeyState}`, `Restore the key to the state Enabled. ${lost}`);
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return wrong(`${keyId} does not exist`, lost);
  }
}
