import { RemovalPolicy } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DeployedFunction } from './deployed-function.ts';
import type { TaskFunctionName } from './function-list.ts';
import type { FunctionSettings } from './function-options.ts';
import type { RotatedSecrets } from './rotated-secrets.ts';
import type { SealKey } from './seal-key.ts';

/** What the functions of the workflow work with. */
export interface TaskFunctionsProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly seal: SealKey;
  /** The variables that name a private gateway, if there is one. */
  readonly gateway: Readonly<Record<string, string>>;
  readonly longestGapHours: number;
}

/**
 * The functions that the workflow runs. It runs each by the alias `live` of a published version, so that code and
 * configuration change in one moment, and a rotation under way meets the old ones or the new ones but no mixture.
 *
 * Old versions need not be kept: an execution that is redriven calls the alias, too, and gets the mended code.
 *
 * @returns each function's alias
 */
export function taskFunctions(
  scope: Construct,
  { settings, secrets, seal, gateway, longestGapHours }: TaskFunctionsProps,
): Record<TaskFunctionName, Alias> {
  const live = (
    name: TaskFunctionName,
    grants: readonly PolicyStatement[],
    environment: Record<string, string> = {},
  ): Alias => {
    const { lambda } = new DeployedFunction(scope, {
      name,
      settings,
      grants,
      wildcards: secrets.wildcards,
      environment,
      invocation: { currentVersionOptions: { removalPolicy: RemovalPolicy.DESTROY } },
    });
    return lambda.addAlias('live');
  };

  return {
    fetch: live('fetch', secrets.allow('DescribeSecret', 'GetSecretValue', 'ListSecretVersionIds')),
    refresh: live(
      'refresh',
      [...secrets.allow('GetSecretValue'), seal.allow('GenerateDataKey', 'secret-value')],
      { SEAL_KEY_ARN: seal.arn, LONGEST_GAP_HOURS: String(longestGapHours), ...gateway },
    ),
    'store-pending': live(
      'store-pending',
      [
        ...secrets.allow('DescribeSecret', 'PutSecretValue'),
        seal.allow('Decrypt', 'secret-value', 'rotation-token'),
      ],
      { SEAL_KEY_ARN: seal.arn },
    ),
    verify: live('verify', secrets.allow('GetSecretValue'), gateway),
    promote: live('promote', secrets.allow('DescribeSecret', 'UpdateSecretVersionStage')),
  };
}
