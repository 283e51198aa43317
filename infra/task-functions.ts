import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { DeployedFunction } from './deployed-function.ts';
import type { TaskFunctionName } from './function-list.ts';
import type { FunctionSettings } from './function-options.ts';
import type { RefreshJournal } from './refresh-journal.ts';
import type { WildcardReasons } from './role-policies.ts';
import type { RotatedSecrets } from './rotated-secrets.ts';
import type { SealKey } from './seal-key.ts';

/** What the functions of the workflow work with. */
export interface TaskFunctionsProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly seal: SealKey;
  readonly journal: RefreshJournal;
  /** The variables that name a private gateway, if there is one. */
  readonly gateway: Readonly<Record<string, string>>;
  readonly longestGapHours: number;
}

/**
 * The functions that the workflow runs. It runs each by the alias `live` of a published version, so that code and
 * configuration change in one moment, and a rotation under way meets the old ones or the new ones but no mixture.
 *
 * Old versions need not be kept: an execution that is redriven calls the alias, too, and gets the fixed code.
 *
 * @returns each function's alias
 */
export function taskFunctions(
  scope: Construct,
  { settings, secrets, seal, journal, gateway, longestGapHours }: TaskFunctionsProps,
): Record<TaskFunctionName, Alias> {
  const live = (
    name: TaskFunctionName,
    grants: readonly PolicyStatement[],
    environment: Record<string, string> = {},
    wildcards: WildcardReasons = {},
  ): Alias => {
    const { lambda } = new DeployedFunction(scope, {
      name,
      settings,
      grants,
      wildcards: { ...secrets.wildcards, ...wildcards },
      environment,
      invocation: { currentVersionOptions: { removalPolicy: RemovalPolicy.DESTROY } },
    });
    return lambda.addAlias('live');
  };
  const journaling = { JOURNAL_TABLE: journal.tableName, LONGEST_GAP_HOURS: String(longestGapHours) };
  const sealing = { ...journaling, SEAL_KEY_ARN: seal.arn };
  const executions = `${settings.namePrefix}:*`;

  return {
    fetch: live(
      'fetch',
      secrets.allow('DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'),
      secrets.hostRequired,
    ),
    refresh: live(
      'refresh',
      [
        ...secrets.allow('GetSecretValue'),
        journal.allow('GetItem', 'PutItem', 'UpdateItem'),
        seal.allow('GenerateDataKey', 'token-pair'),
        seal.allow('Decrypt', 'token-pair'),
        new PolicyStatement({
          sid: 'FindUnsettledExchange',
          actions: ['states:DescribeExecution'],
          resources: [arnOf(scope, 'states', 'execution', executions)],
        }),
      ],
      { ...sealing, ...gateway, ...secrets.hostRequired },
      {
        [`Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${executions}`]:
          'The executions of the one state machine; the journal names the one to look at.',
      },
    ),
    'store-pending': live(
      'store-pending',
      [
        ...secrets.allow('DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'),
        journal.allow('GetItem', 'PutItem', 'UpdateItem'),
        seal.allow('Decrypt', 'token-pair'),
        seal.allow('Decrypt', 'rotation-token'),
      ],
      sealing,
    ),
    verify: live('verify', secrets.allow('GetSecretValue'), { ...gateway, ...secrets.hostRequired }),
    promote: live(
      'promote',
      [...secrets.allow('DescribeSecret', 'UpdateSecretVersionStage'), journal.allow('UpdateItem')],
      journaling,
    ),
  };
}
