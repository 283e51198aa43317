import { RemovalPolicy } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DeployedFunction, type FunctionSettings } from './deployed-function.ts';
import type { TaskFunctionName } from './function-list.ts';
import { grantExecutions } from './grants.ts';
import type { GenesysGateway } from './options.ts';
import type { PublishedSecrets } from './published-secrets.ts';
import type { RefreshJournal } from './refresh-journal.ts';
import type { RotatedSecrets } from './rotated-secrets.ts';
import type { SealKey } from './seal-key.ts';

/** Props of the workflow's functions. */
export interface TaskFunctionsProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly seal: SealKey;
  readonly journal: RefreshJournal;
  readonly gateway: GenesysGateway | undefined;
  readonly longestGapHours: string;
  /** Whether to publish versions; CDK publishes one with each change of code or configuration. */
  readonly hasVersions: boolean;
  /** The secrets that consumers read; undefined if access tokens are not published. */
  readonly published: PublishedSecrets | undefined;
}

/** The functions of the Tasks. */
export type TaskTargets = Readonly<Record<Exclude<TaskFunctionName, 'publish'>, IFunction>> & {
  readonly publish?: IFunction;
};

/**
 * The functions that the workflow runs. With versions, it invokes the alias `live` of each function, so that code and
 * configuration change together. Old versions are not retained: a redriven execution also invokes the alias, and gets
 * the fixed code.
 */
export function taskFunctions(
  scope: Construct,
  { settings, secrets, seal, journal, gateway, longestGapHours, published, hasVersions }: TaskFunctionsProps,
): TaskTargets {
  const taskFunction = (name: TaskFunctionName, environment: Record<string, string>): DeployedFunction =>
    new DeployedFunction(scope, {
      name,
      settings,
      environment,
      invocation: { currentVersionOptions: { removalPolicy: RemovalPolicy.DESTROY } },
    });
  const target = ({ lambda }: DeployedFunction): IFunction =>
    hasVersions ? lambda.addAlias('live') : lambda;
  const journaling = { JOURNAL_TABLE: journal.tableName, MAX_GAP_HOURS: longestGapHours };
  const sealing = { ...journaling, SEAL_KEY_ARN: seal.key.keyArn };
  const hosts = gateway && { GENESYS_LOGIN_URL: gateway.loginUrl, GENESYS_API_URL: gateway.apiUrl };

  const fetch = taskFunction('fetch', secrets.hostRequired);
  secrets.grant(fetch, 'DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage');

  const refresh = taskFunction('refresh', { ...sealing, ...hosts, ...secrets.hostRequired });
  secrets.grant(refresh, 'GetSecretValue');
  journal.grant(refresh, 'GetItem', 'PutItem', 'UpdateItem');
  seal.grantSeal(refresh.grantPrincipal, 'token-pair');
  seal.grantOpen(refresh.grantPrincipal, 'token-pair');
  grantExecutions(refresh, {
    sid: 'FindUnsettledExchange',
    namePrefix: settings.namePrefix,
    actions: ['states:DescribeExecution'],
  });

  const storePending = taskFunction('store-pending', sealing);
  secrets.grant(
    storePending,
    'DescribeSecret',
    'GetSecretValue',
    'PutSecretValue',
    'UpdateSecretVersionStage',
  );
  journal.grant(storePending, 'GetItem', 'PutItem', 'UpdateItem');
  seal.grantOpen(storePending.grantPrincipal, 'token-pair');
  seal.grantOpen(storePending.grantPrincipal, 'rotation-token');

  const verify = taskFunction('verify', { ...hosts, ...secrets.hostRequired });
  secrets.grant(verify, 'GetSecretValue');

  const promote = taskFunction('promote', journaling);
  secrets.grant(promote, 'DescribeSecret', 'UpdateSecretVersionStage');
  journal.grant(promote, 'UpdateItem');

  const tasks = {
    fetch: target(fetch),
    refresh: target(refresh),
    'store-pending': target(storePending),
    verify: target(verify),
    promote: target(promote),
  };
  if (published === undefined) return tasks;

  const publish = taskFunction('publish', { ...hosts, ...secrets.hostRequired });
  secrets.grant(publish, 'DescribeSecret', 'GetSecretValue');
  published.grantWrite(publish);
  return { ...tasks, publish: target(publish) };
}
