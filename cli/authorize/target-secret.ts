import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DEFAULT_HOST, genesysHost } from '../../functions/shared/genesys/regions.ts';
import { shellWord } from '../../functions/shared/output/plain-text.ts';
import { keepsNumbers, parseObject } from '../../functions/shared/secrets/secret-value.ts';
import { versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import { CliError } from '../shared/cli-error.ts';

/** The key that holds the user id of the tokens. Rotations keep it, and Verify rejects tokens of another user. */
export const USER_ID_KEY = 'genesysUserId';

/** An existing secret. */
export interface ExistingSecret {
  readonly arn: string;
  readonly name: string;
  /** Absent in a secret without a value. */
  readonly currentVersionId?: string;
  readonly rotationFunctionArn?: string;
  /** Absent if it is `aws/secretsmanager`. */
  readonly kmsKeyId?: string;
  /** The whole JSON object of AWSCURRENT. */
  readonly keys: Readonly<Record<string, unknown>>;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly accessToken?: string;
  /** The user that an earlier `authorize` stored. */
  readonly userId?: string;
  /** Absent if the secret has no client yet, or an unknown region. */
  readonly host?: string;
}

/**
 * Reads the secret that the tokens go to; undefined if it does not exist and can be created.
 *
 * @throws CliError it is scheduled for deletion, its value is not a JSON object, or the ARN names no existing secret
 */
export async function findTarget(
  secrets: SecretsManagerClient,
  secretId: string,
): Promise<ExistingSecret | undefined> {
  const described = await describe(secrets, secretId);
  if (described === undefined) {
    if (!secretId.startsWith('arn:')) return undefined;
    throw new CliError(
      'failed',
      `There is no secret ${secretId} in this account and region. To create a secret, pass its name instead of an ARN.`,
    );
  }
  const { ARN: arn = secretId, Name: name = secretId, RotationLambdaARN, KmsKeyId } = described;
  if (described.DeletedDate !== undefined) {
    throw new CliError(
      'failed',
      `The secret ${name} is scheduled for deletion. Restore it first: aws secretsmanager restore-secret --secret-id ${shellWord(name)}`,
    );
  }
  const current = await readCurrent(secrets, arn);
  const keys = current === undefined ? {} : parseObject(current.value ?? '');
  if (keys === undefined) {
    throw new CliError(
      'refused',
      `The value of the secret ${name} is not a JSON object, so the tokens cannot be added to it. Nothing was changed. Use another secret, or replace the value with a JSON object such as {}.`,
    );
  }
  if (current?.value !== undefined && !keepsNumbers(current.value)) {
    throw new CliError(
      'refused',
      `The secret ${name} contains a number that Node.js ${process.versions.node} cannot preserve exactly. Nothing was changed. Use Node.js 22 or newer.`,
    );
  }
  return {
    arn,
    name,
    ...(current !== undefined && { currentVersionId: current.versionId }),
    rotationFunctionArn: RotationLambdaARN,
    kmsKeyId: KmsKeyId,
    keys,
    ...credentialKeys(keys),
  };
}

/** Reads which version has AWSCURRENT; undefined if none has. */
export async function currentVersionOf(
  secrets: SecretsManagerClient,
  arn: string,
): Promise<string | undefined> {
  const stages = (await describe(secrets, arn))?.VersionIdsToStages ?? {};
  return versionWithStage({ stages }, 'AWSCURRENT');
}

async function describe(
  secrets: SecretsManagerClient,
  secretId: string,
): Promise<DescribeSecretCommandOutput | undefined> {
  return orUndefined(secrets.send(new DescribeSecretCommand({ SecretId: secretId })));
}

async function readCurrent(
  secrets: SecretsManagerClient,
  arn: string,
): Promise<{ readonly versionId: string; readonly value: string | undefined } | undefined> {
  const read = await orUndefined(secrets.send(new GetSecretValueCommand({ SecretId: arn })));
  return read === undefined ? undefined : { versionId: read.VersionId ?? '', value: read.SecretString };
}

async function orUndefined<Output>(output: Promise<Output>): Promise<Output | undefined> {
  try {
    return await output;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** The keys of a credential. The stack creates secrets with empty strings, which count as absent. */
function credentialKeys(
  keys: Readonly<Record<string, unknown>>,
): Pick<ExistingSecret, 'clientId' | 'clientSecret' | 'accessToken' | 'userId' | 'host'> {
  const text = (key: string): string | undefined => {
    const value = keys[key];
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  };
  const clientId = text('clientId');
  const clientSecret = text('clientSecret');
  const accessToken = text('accessToken');
  const userId = text(USER_ID_KEY);
  const region = text('region');
  const host = region === undefined && clientId !== undefined ? DEFAULT_HOST : genesysHost(region ?? '');
  return {
    clientId,
    clientSecret,
    accessToken,
    userId,
    host,
  };
}
