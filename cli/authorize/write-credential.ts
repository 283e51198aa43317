import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { genesysHost } from '../../functions/shared/genesys/regions.ts';
import { type TokenPair, withTokens } from '../../functions/shared/secrets/secret-value.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { OAuthClient } from './oauth-client.ts';
import { currentVersionOf, type ExistingSecret, USER_ID_KEY } from './target-secret.ts';

/** The credential to store. */
export interface NewCredential {
  readonly client: OAuthClient;
  readonly tokens: TokenPair;
  readonly userId: string;
  /** Whether the tokens are of an alternate grant: only their refresh token is stored, next to the one in use. */
  readonly isAlternate: boolean;
}

/** A secret with the new tokens in AWSCURRENT. */
export interface WrittenSecret {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
}

/** The secret's new value: its existing keys, in the same order, and the credential. */
function credentialValue(
  keys: ExistingSecret['keys'],
  { client, tokens, userId, isAlternate }: NewCredential,
): string {
  if (isAlternate) {
    return JSON.stringify({ ...keys, [USER_ID_KEY]: userId, alternateRefreshToken: tokens.refreshToken });
  }
  const { clientId, clientSecret, host } = client;
  const { alternateRefreshToken, ...others } = keys;
  // The alternate grant must belong to the same client and user.
  const isSame = keys.clientId === clientId && (keys[USER_ID_KEY] ?? userId) === userId;
  const keepsAlternate = alternateRefreshToken !== undefined && isSame;
  const keepsRegion = typeof keys.region === 'string' && genesysHost(keys.region) === host;
  return withTokens(
    {
      keys: {
        ...(keepsAlternate ? keys : others),
        clientId,
        clientSecret,
        region: keepsRegion ? keys.region : host,
        [USER_ID_KEY]: userId,
      },
    },
    tokens,
  );
}

/**
 * Creates the secret.
 *
 * @throws CliError refused: somebody else has just created it
 */
export async function createCredential(
  secrets: SecretsManagerClient,
  name: string,
  kmsKey: string | undefined,
  credential: NewCredential,
): Promise<WrittenSecret> {
  try {
    const created = await secrets.send(
      new CreateSecretCommand({
        Name: name,
        Description: 'Genesys Cloud credential, kept fresh by rotation',
        SecretString: credentialValue({}, credential),
        KmsKeyId: kmsKey,
      }),
    );
    return { arn: created.ARN ?? name, name, versionId: created.VersionId ?? '' };
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    throw new CliError(
      'refused',
      `Somebody created the secret ${name} during the login. Nothing was changed. Check the secret, then run the command again.`,
    );
  }
}

/**
 * Writes a new AWSCURRENT version. The previous one becomes AWSPREVIOUS.
 *
 * @throws CliError refused: AWSCURRENT has moved since the secret was read
 */
export async function putCredential(
  secrets: SecretsManagerClient,
  { arn, name, keys, currentVersionId }: ExistingSecret,
  credential: NewCredential,
): Promise<WrittenSecret> {
  // A write after this read is harmless: both values hold working tokens.
  if ((await currentVersionOf(secrets, arn)) !== currentVersionId) {
    throw new CliError(
      'refused',
      `AWSCURRENT of the secret ${name} moved during the login: a rotation or somebody else wrote a newer credential, which was kept. Nothing was changed. If it does not work, run the command again.`,
    );
  }
  const written = await secrets.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: credentialValue(keys, credential) }),
  );
  return { arn, name, versionId: written.VersionId ?? '' };
}

/**
 * Enables rotation by the deployment, with the schedule of its stack. Secrets Manager tests the configuration and
 * rotates in the first window.
 *
 * @throws CliError failed: the secret is written, but its rotation is not enabled
 */
export async function enableRotation(
  secrets: SecretsManagerClient,
  { arn, name }: WrittenSecret,
  { rotationFunctionArn, schedule }: Deployment,
): Promise<void> {
  try {
    await secrets.send(
      new RotateSecretCommand({
        SecretId: arn,
        RotationLambdaARN: rotationFunctionArn,
        RotationRules: { ScheduleExpression: schedule.expression, Duration: schedule.window },
        RotateImmediately: false,
      }),
    );
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown reason';
    throw new CliError(
      'failed',
      `The tokens are stored in the secret ${name}, but rotation could not be enabled (${reason}). Fix the cause, then run: aws secretsmanager rotate-secret --secret-id ${arn} --rotation-lambda-arn ${rotationFunctionArn} --rotation-rules '${JSON.stringify({ ScheduleExpression: schedule.expression, Duration: schedule.window })}' --no-rotate-immediately`,
    );
  }
}
