import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { executionArnOf } from '../../functions/shared/executions/executions.ts';
import type { SealContext } from '../../functions/shared/journal/sealed-blob.ts';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { TaskFunction } from './function-steps.ts';

/** The callers in a rotation: the rotation function, the functions of the workflow, and the state machine. */
export type Actor = 'rotation' | TaskFunction | 'workflow';

/** The values of condition keys. */
export type CallContext = Readonly<Record<string, string | readonly string[]>>;

/** Calls of an actor with the same resources and the same context. */
export interface NeededCalls {
  readonly actor: Actor;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context: CallContext;
  /** What else to do if they are denied, apart from deploying again. */
  readonly remedy?: string;
}

/** The resources of a rotation. */
export interface RotationResources {
  readonly secretArn: string;
  readonly secretName: string;
  /** The secret's own KMS key; absent if it is `aws/secretsmanager`. */
  readonly secretKeyArn?: string | undefined;
  readonly sealKeyArn: string;
  /** The key that encrypts the executions; absent if it is an AWS owned key. */
  readonly executionKeyArn?: string | undefined;
  readonly deployment: Pick<Deployment, 'name' | 'stateMachineArn' | 'rotationFunctionArn'>;
  /** What the state machine invokes. */
  readonly taskFunctionArns: readonly string[];
  readonly journalTable: string;
  /** Whether access tokens are published. */
  readonly publishes: boolean;
}

const SECRET_ACTIONS: Readonly<Partial<Record<Actor, readonly string[]>>> = {
  rotation: ['DescribeSecret'],
  fetch: ['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'],
  refresh: ['GetSecretValue'],
  'store-pending': ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'],
  verify: ['GetSecretValue'],
  promote: ['DescribeSecret', 'UpdateSecretVersionStage'],
};

/** Secrets Manager's calls with the secret's key, on behalf of the function that reads or writes a value. */
const SECRET_KEY_ACTIONS: Readonly<Partial<Record<Actor, readonly string[]>>> = {
  fetch: ['Decrypt'],
  refresh: ['Decrypt'],
  'store-pending': ['Decrypt', 'GenerateDataKey'],
  verify: ['Decrypt'],
};

const SEALS: readonly (readonly [Actor, 'Decrypt' | 'GenerateDataKey', SealContext['holds']])[] = [
  ['rotation', 'GenerateDataKey', 'rotation-token'],
  ['refresh', 'GenerateDataKey', 'token-pair'],
  ['refresh', 'Decrypt', 'token-pair'],
  ['store-pending', 'Decrypt', 'token-pair'],
  ['store-pending', 'Decrypt', 'rotation-token'],
];

const JOURNAL_ACTIONS: Readonly<Partial<Record<Actor, readonly string[]>>> = {
  refresh: ['GetItem', 'PutItem', 'UpdateItem'],
  'store-pending': ['GetItem', 'PutItem', 'UpdateItem'],
  promote: ['UpdateItem'],
};

/** Placeholder for the version of a future rotation. */
const SOME_VERSION = '00000000-0000-4000-8000-000000000000';

/** The additional keys in the encryption context of a seal. */
const SOME_CONTENT: Readonly<Record<SealContext['holds'], Readonly<Record<string, string>>>> = {
  'token-pair': { lineage: '0'.repeat(64), generation: '1' },
  'rotation-token': { versionId: SOME_VERSION },
};

const UNKNOWN_SECRET =
  'The functions may use only the secrets that the deployment names: add this one (secretNames, secretArns or secretArnPatterns).';
const UNKNOWN_KEY = 'Add the KMS key of the secret to secretKeyArns.';

/** Every AWS call that a rotation of the secret needs, except for logs and traces. */
export function neededCalls(resources: RotationResources): readonly NeededCalls[] {
  return [
    ...secretCalls(resources),
    ...secretKeyCalls(resources),
    ...sealKeyCalls(resources),
    ...journalCalls(resources),
    ...workflowCalls(resources),
    ...executionKeyCalls(resources),
    ...(resources.publishes ? publishCalls(resources) : []),
  ];
}

function secretCalls({ secretArn, deployment }: RotationResources): NeededCalls[] {
  return entries(SECRET_ACTIONS).map(([actor, names]) => ({
    actor,
    actions: names.map(name => `secretsmanager:${name}`),
    resources: [secretArn],
    context: {
      'secretsmanager:SecretId': secretArn,
      'secretsmanager:resource/AllowRotationLambdaArn': deployment.rotationFunctionArn,
    },
    remedy: UNKNOWN_SECRET,
  }));
}

function secretKeyCalls({ secretArn, secretKeyArn }: RotationResources): NeededCalls[] {
  if (secretKeyArn === undefined) return [];
  return entries(SECRET_KEY_ACTIONS).map(([actor, names]) => ({
    actor,
    actions: names.map(name => `kms:${name}`),
    resources: [secretKeyArn],
    context: {
      ...encryptionContext({ SecretARN: secretArn, SecretVersionId: SOME_VERSION }),
      'kms:ViaService': viaService('secretsmanager', secretArn),
    },
    remedy: UNKNOWN_KEY,
  }));
}

/** The calls of `publish` on the rotated secret, the published secret and their key. */
function publishCalls({ secretArn, secretKeyArn, deployment }: RotationResources): NeededCalls[] {
  const publishedArn = secretArn.replace(/-[^-]{6}$/, '/access-token-AbCdEf');
  const keyUse = (arn: string, names: readonly string[]): NeededCalls[] =>
    secretKeyArn === undefined
      ? []
      : [
          {
            actor: 'publish',
            actions: names.map(name => `kms:${name}`),
            resources: [secretKeyArn],
            context: {
              ...encryptionContext({ SecretARN: arn, SecretVersionId: SOME_VERSION }),
              'kms:ViaService': viaService('secretsmanager', arn),
            },
            remedy: UNKNOWN_KEY,
          },
        ];
  return [
    {
      actor: 'publish',
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [secretArn],
      context: {
        'secretsmanager:SecretId': secretArn,
        'secretsmanager:resource/AllowRotationLambdaArn': deployment.rotationFunctionArn,
      },
      remedy: UNKNOWN_SECRET,
    },
    {
      actor: 'publish',
      actions: ['DescribeSecret', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
        name => `secretsmanager:${name}`,
      ),
      resources: [publishedArn],
      context: {
        'secretsmanager:SecretId': publishedArn,
        [`aws:ResourceTag/${PUBLISHER_TAG}`]: deployment.name,
      },
    },
    ...keyUse(secretArn, ['Decrypt']),
    ...keyUse(publishedArn, ['Decrypt', 'GenerateDataKey']),
  ];
}

function sealKeyCalls({ secretArn, sealKeyArn }: RotationResources): NeededCalls[] {
  return SEALS.map(([actor, name, holds]) => ({
    actor,
    actions: [`kms:${name}`],
    resources: [sealKeyArn],
    context: encryptionContext({ secretArn, holds, ...SOME_CONTENT[holds] }),
    remedy: UNKNOWN_SECRET,
  }));
}

function journalCalls({ journalTable, deployment }: RotationResources): NeededCalls[] {
  const [, partition, , region, accountId] = deployment.stateMachineArn.split(':');
  return entries(JOURNAL_ACTIONS).map(([actor, names]) => ({
    actor,
    actions: names.map(name => `dynamodb:${name}`),
    resources: [`arn:${partition}:dynamodb:${region}:${accountId}:table/${journalTable}`],
    context: {},
  }));
}

function workflowCalls({
  secretArn,
  secretName,
  deployment,
  taskFunctionArns,
}: RotationResources): NeededCalls[] {
  const name = executionName({ secretArn, secretName, clientRequestToken: SOME_VERSION });
  return [
    {
      actor: 'rotation',
      actions: ['states:StartExecution'],
      resources: [deployment.stateMachineArn],
      context: {},
    },
    {
      actor: 'rotation',
      actions: ['states:DescribeExecution', 'states:RedriveExecution'],
      resources: [executionArnOf(name, deployment)],
      context: {},
    },
    {
      actor: 'refresh',
      actions: ['states:DescribeExecution'],
      resources: [executionArnOf(name, deployment)],
      context: {},
    },
    {
      actor: 'workflow',
      actions: ['lambda:InvokeFunction'],
      resources: taskFunctionArns,
      context: {},
    },
  ];
}

/** The state machine uses the key directly, the rotation function when it reads an execution. */
function executionKeyCalls({ executionKeyArn, deployment }: RotationResources): NeededCalls[] {
  if (executionKeyArn === undefined) return [];
  const { stateMachineArn } = deployment;
  const resources = [executionKeyArn];
  const context = encryptionContext({ 'aws:states:stateMachineArn': stateMachineArn });
  return [
    {
      actor: 'rotation',
      actions: ['kms:Decrypt'],
      resources,
      context: { ...context, 'kms:ViaService': viaService('states', stateMachineArn) },
    },
    { actor: 'workflow', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources, context },
  ];
}

/** AWS KMS Developer Guide, "AWS KMS condition keys". */
function encryptionContext(pairs: Readonly<Record<string, string>>): CallContext {
  return {
    'kms:EncryptionContextKeys': Object.keys(pairs),
    ...Object.fromEntries(
      Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
    ),
  };
}

/** The value of `kms:ViaService` when a service in the ARN's region uses a key on behalf of its caller. */
function viaService(service: string, arn: string): string {
  const [, partition, , region] = arn.split(':');
  return `${service}.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

function entries<Value>(record: Readonly<Partial<Record<Actor, Value>>>): (readonly [Actor, Value])[] {
  return Object.entries(record) as (readonly [Actor, Value])[];
}
