import {
  DescribeSecretCommand,
  ListSecretsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { isSameFunction } from '../../functions/shared/arns.ts';
import type { Aws } from './aws.ts';
import { CliError } from './cli-error.ts';
import type { Deployment } from './deployment.ts';

/** A secret of the deployment, without its values. */
export interface SecretEntry {
  readonly name: string;
  readonly arn: string;
  /** The labels of each version that has some. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

/** All secrets that name the deployment's rotation function as their own; those to be deleted are left out. */
export async function listCredentials(
  { secrets }: Pick<Aws, 'secrets'>,
  { rotationFunctionArn }: Pick<Deployment, 'rotationFunctionArn'>,
): Promise<readonly SecretEntry[]> {
  const found: SecretEntry[] = [];
  let nextToken: string | undefined;
  do {
    const { SecretList = [], NextToken } = await secrets.send(
      new ListSecretsCommand({ MaxResults: 100, NextToken: nextToken }),
    );
    for (const {
      Name = '',
      ARN = '',
      RotationLambdaARN,
      DeletedDate,
      SecretVersionsToStages,
    } of SecretList) {
      if (DeletedDate !== undefined || !isSameFunction(RotationLambdaARN, rotationFunctionArn)) continue;
      found.push({ name: Name, arn: ARN, stages: SecretVersionsToStages ?? {} });
    }
    nextToken = NextToken;
  } while (nextToken !== undefined);
  return found;
}

/**
 * Finds one secret of the deployment by its name or ARN.
 *
 * @throws CliError it does not exist, is to be deleted, or is not the deployment's
 */
export async function findCredential(
  { secrets }: Pick<Aws, 'secrets'>,
  { name, rotationFunctionArn }: Pick<Deployment, 'name' | 'rotationFunctionArn'>,
  secretId: string,
): Promise<SecretEntry> {
  const refuse = (why: string): CliError => new CliError('failed', `The secret ${secretId} ${why}`);
  try {
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
    if (described.DeletedDate !== undefined) throw refuse('is scheduled for deletion. Restore it first.');
    if (!isSameFunction(described.RotationLambdaARN, rotationFunctionArn)) {
      throw refuse(`is not rotated by the deployment ${name}. Name its deployment with --stack.`);
    }
    return {
      name: described.Name ?? '',
      arn: described.ARN ?? '',
      stages: described.VersionIdsToStages ?? {},
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw refuse('does not exist in this account and region.');
    }
    throw error;
  }
}

/** The version that a staging label is on. */
export function versionOf({ stages }: Pick<SecretEntry, 'stages'>, stage: string): string | undefined {
  return Object.entries(stages).find(([, labels]) => labels.includes(stage))?.[0];
}
