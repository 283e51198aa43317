import { createHash } from 'node:crypto';
import type { Account } from '../aws/account.ts';
import type { Json } from '../json.ts';

/** The stack's account and region. */
export interface StackEnvironment extends Account {
  readonly stackName: string;
}

/** The parts of a resource that determine its names and ids. */
export interface NamedResource {
  readonly environment: StackEnvironment;
  readonly logicalId: string;
  readonly name: string;
  readonly property: (name: string) => Json | undefined;
  /** Its index, from 1, among the resources of its type with the same value of the property. */
  readonly ordinal: (property: string) => number;
}

type Value = (resource: NamedResource) => string;

/** The results of `Ref` and `Fn::GetAtt` for a resource type. */
export interface ResourceKind {
  /** The property with the physical name. */
  readonly nameProperty?: string;
  /** Maximum length of the default name, `<Stack>-<LogicalId>-<suffix>`. */
  readonly maxNameLength?: number;
  readonly ref: Value;
  readonly attributes?: Readonly<Record<string, Value>>;
}

/**
 * Derives an id of a fixed length that is stable across syntheses.
 *
 * @param purpose distinguishes several ids of one resource
 */
export function stableId(stackName: string, logicalId: string, purpose: string, length: number): string {
  return createHash('sha256').update(`${stackName}/${logicalId}/${purpose}`).digest('hex').slice(0, length);
}

/** The ARN of a function that is given by name or ARN. */
export function functionArn(environment: StackEnvironment, functionName: string): string {
  return functionName.startsWith('arn:')
    ? functionName
    : arn(environment, 'lambda', `function:${functionName}`);
}

/** Formats a key id as KMS does. */
function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function arn(environment: StackEnvironment, service: string, resource: string): string {
  const { partition, region, accountId } = environment;
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** IAM ARNs have no region. */
function iamArn(kind: string, { environment, name, property }: NamedResource): string {
  const path = String(property('Path') ?? '/');
  return `arn:${environment.partition}:iam::${environment.accountId}:${kind}${path}${name}`;
}

const name: Value = resource => resource.name;
const regional =
  (service: string, prefix: string): Value =>
  resource =>
    arn(resource.environment, service, `${prefix}${resource.name}`);

const keyId: Value = ({ environment, logicalId }) =>
  uuid(stableId(environment.stackName, logicalId, 'key id', 32));
const secretArn: Value = ({ environment, logicalId, name: secretName }) => {
  const suffix = stableId(environment.stackName, logicalId, 'secret', 6);
  return arn(environment, 'secretsmanager', `secret:${secretName}-${suffix}`);
};
const unqualifiedArn: Value = ({ environment, property }) =>
  functionArn(environment, String(property('FunctionName')));
const version: Value = resource => String(resource.ordinal('FunctionName'));
const versionArn: Value = resource => `${unqualifiedArn(resource)}:${version(resource)}`;
const aliasArn: Value = resource => `${unqualifiedArn(resource)}:${resource.name}`;
const secretOfProperty: Value = ({ property }) => String(property('SecretId'));
const stateMachineArn = regional('states', 'stateMachine:');
const subscriptionArn: Value = ({ environment, logicalId, property }) =>
  `${property('TopicArn')}:${uuid(stableId(environment.stackName, logicalId, 'subscription', 32))}`;

/**
 * AWS CloudFormation Template Reference, "Return values" of each type. Resources of other types can be in the template
 * but cannot be referenced.
 */
export const RESOURCE_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    maxNameLength: 64,
    ref: name,
    attributes: { Arn: regional('lambda', 'function:') },
  },
  'AWS::Lambda::Version': { ref: versionArn, attributes: { Version: version, FunctionArn: versionArn } },
  'AWS::Lambda::Alias': { nameProperty: 'Name', ref: aliasArn, attributes: { AliasArn: aliasArn } },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    maxNameLength: 64,
    ref: name,
    attributes: {
      Arn: resource => iamArn('role', resource),
      RoleId: ({ environment, logicalId }) =>
        `AROA${stableId(environment.stackName, logicalId, 'role id', 17).toUpperCase()}`,
    },
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', ref: name },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    ref: resource => iamArn('policy', resource),
    attributes: { PolicyArn: resource => iamArn('policy', resource) },
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    maxNameLength: 80,
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: name },
  },
  'AWS::KMS::Key': {
    ref: keyId,
    attributes: {
      KeyId: keyId,
      Arn: resource => arn(resource.environment, 'kms', `key/${keyId(resource)}`),
    },
  },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', ref: name },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    ref: secretArn,
    attributes: { Id: secretArn },
  },
  'AWS::SecretsManager::RotationSchedule': { ref: secretOfProperty },
  'AWS::SecretsManager::ResourcePolicy': { ref: secretOfProperty },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: name,
    attributes: { Arn: resource => `${regional('logs', 'log-group:')(resource)}:*` },
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    ref: name,
    attributes: { Arn: regional('cloudwatch', 'alarm:') },
  },
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName', ref: name },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    maxNameLength: 64,
    ref: name,
    attributes: { Arn: regional('events', 'rule/') },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: regional('sns', ''),
    attributes: { TopicArn: regional('sns', ''), TopicName: name },
  },
  'AWS::SNS::Subscription': { ref: subscriptionArn, attributes: { Arn: subscriptionArn } },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    ref: name,
    attributes: { Arn: regional('dynamodb', 'table/') },
  },
};
