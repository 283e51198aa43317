import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { CliError } from './cli-error.ts';

/** The clients that the commands share. The SDK's default chain finds credentials and region. */
export interface Aws {
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  readonly lambda: LambdaClient;
}

/** Options that override the environment and the shared configuration. */
export interface AwsOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Creates the clients. They retry more often than the SDK's default; otherwise the user would have to run the command
 * again.
 */
export function awsClients({ region, profile }: AwsOptions): Aws {
  const config = {
    region,
    profile,
    maxAttempts: 5,
  };
  return {
    secrets: new SecretsManagerClient(config),
    stepFunctions: new SFNClient(config),
    lambda: new LambdaClient(config),
  };
}

/**
 * Checks that a profile exists. The SDK reports a missing profile as missing credentials or a missing region.
 *
 * @throws CliError there is no such profile
 */
export async function requireProfile(profile: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  if (profile in configFile || profile in credentialsFile) return;
  throw new CliError(
    'failed',
    `There is no AWS profile ${profile} in the configuration files. To list all profiles, run aws configure list-profiles.`,
  );
}
