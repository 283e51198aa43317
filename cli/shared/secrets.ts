import {
  DescribeSecretCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  type SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import { isSameFunction } from '../../functions/shared/input/arns.ts';
import { shellWord } from '../../functions/shared/output/plain-text.ts';
import type { RotationDates } from '../../functions/shared/secrets/due-date.ts';
import { listRotatedSecrets } from '../../functions/shared/secrets/rotated-secrets.ts';
import type { Aws } from './aws.ts';
import { CliError } from './cli-error.ts';
import type { Deployment } from './deployment.ts';

/** A secret of the deployment, without its values. */
export interface SecretEntry {
  readonly name: string;
  readonly arn: string;
  /** Its schedule, and the dates of the last and the next rotation. */
  readonly rotation: RotationDates;
  /** The labels of each labelled version. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

/** All secrets that name the deployment's rotation function, sorted by name. */
export async function listSecrets(
  { secrets }: Pick<Aws, 'secrets'>,
  { rotationFunctionArn }: Pick<Deployment, 'rotationFunctionArn'>,
): Promise<readonly SecretEntry[]> {
  const listed = await listRotatedSecrets(secrets, rotationFunctionArn);
  return listed
    .map(entry => secretEntry(entry, entry.SecretVersionsToStages))
    .sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/**
 * Finds one secret of the deployment by its name or ARN.
 *
 * @throws CliError it does not exist, is scheduled for deletion, or belongs to another rotation function
 */
export async function findSecret(
  { secrets }: Pick<Aws, 'secrets'>,
  { name, rotationFunctionArn }: Pick<Deployment, 'name' | 'rotationFunctionArn'>,
  secretId: string,
): Promise<SecretEntry> {
  const refuse = (why: string): CliError => new CliError('failed', `The secret ${secretId} ${why}`);
  try {
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
    if (described.DeletedDate !== undefined) {
      throw refuse('is scheduled for deletion. Restore it first: aws secretsmanager restore-secret.');
    }
    if (described.RotationLambdaARN === undefined) {
      throw refuse(
        `has no rotation function. Set the function of deployment ${name}: aws secretsmanager rotate-secret --secret-id ${shellWord(secretId)} --rotation-lambda-arn ${rotationFunctionArn}, with --rotation-rules.`,
      );
    }
    if (!isSameFunction(described.RotationLambdaARN, rotationFunctionArn)) {
      throw refuse(
        `is rotated by ${described.RotationLambdaARN}, not by deployment ${name}. Select the right deployment with --stack.`,
      );
    }
    return secretEntry(described, described.VersionIdsToStages);
  } catch (error) {
    // AWS refuses an invalid name with InvalidParameterException.
    if (error instanceof ResourceNotFoundException || error instanceof InvalidParameterException) {
      throw refuse(
        'does not exist in this account and region. To list all secrets of the deployment, run status without a name.',
      );
    }
    throw error;
  }
}

function secretEntry(
  {
    Name,
    ARN,
    CreatedDate,
    LastRotatedDate,
    NextRotationDate,
    RotationEnabled,
    RotationRules,
  }: Omit<SecretListEntry, 'SecretVersionsToStages'>,
  stages: Readonly<Record<string, readonly string[]>> = {},
): SecretEntry {
  return {
    name: Name ?? '',
    arn: ARN ?? '',
    rotation: { CreatedDate, LastRotatedDate, NextRotationDate, RotationEnabled, RotationRules },
    stages,
  };
}
