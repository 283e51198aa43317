import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DEFAULT_HOST, genesysHost } from '../../functions/shared/regions.ts';
import { parseObject } from '../../functions/shared/secret-value.ts';
import { versionWithStage } from '../../functions/shared/secret-versions.ts';
import { CliError } from '../shared/cli-error.ts';

/** The key of the user whose tokens a secret holds; rotations keep it as every other key. */
export const USER_ID_KEY = 'genesysUserId';

/** A secret that is there. */
export interface ExistingSecret {
  readonly arn: string;
  readonly name: string;
  /** Absent in a secret that never got a value. */
  readonly currentVersionId?: string;
  readonly rotationFunctionArn?: string;
  /** The whole JSON object of AWSCURRENT. */
  readonly keys: Readonly<Record<string, unknown>>;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly accessToken?: string;
  /** The user that `authorize` wrote down. */
  readonly userId?: string;
  /** Absent where the secret has no client yet, or a region that Genesys Cloud has not. */
  readonly host?: string;
}

/**
 * Reads the secret that the tokens are for; undefined when there is none and one of this name can be made.
 *
 * @throws CliError it is scheduled for deletion, its value is no JSON object, or a secret is missing whose ARN was
 *         given
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
      `There is no secret ${secretId} in this account and region. To have a new one made, give its name instead of an ARN.`,
    );
  }
  const { ARN: arn = secretId, Name: name = secretId, RotationLambdaARN } = described;
  if (described.DeletedDate !== undefined) {
    throw new CliError(
      'failed',
      `The secret ${name} is scheduled for deletion. Restore it first: aws secretsmanager restore-secret --secret-id ${name}`,
    );
  }
  const current = await readCurrent(secrets, arn);
  const keys = current === undefined ? {} : parseObject(current.value ?? '');
  if (keys === undefined) {
    throw new CliError(
      'refused',
      `The value of the secret ${name} is not a JSON object, so that tokens cannot be put beside what it holds. Nothing was changed. Use another secret, or make the value an object, such as {}.`,
    );
  }
  return {
    arn,
    name,
    ...(current !== undefined && { currentVersionId: current.versionId }),
    ...(RotationLambdaARN !== undefined && { rotationFunctionArn: RotationLambdaARN }),
    keys,
    ...texts(keys),
  };
}

/** The version that AWSCURRENT is on now; undefined when the secret has none. */
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

async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** What is known already. A secret that the stack made has its keys with empty texts, which count as absent. */
function texts(
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
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(accessToken !== undefined && { accessToken }),
    ...(userId !== undefined && { userId }),
    ...(host !== undefined && { host }),
  };
}
