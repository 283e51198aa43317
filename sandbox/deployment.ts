import type { Caller } from './aws/service.ts';
import type { SecretsManager } from './secrets-manager/secrets-manager.ts';
import type { Services } from './services.ts';
import type { StackModel } from './template/stack-model.ts';
import { UnresolvableTemplate } from './template/template.ts';

const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

/** The services that the stack's resources are made in. */
type ResourceServices = Pick<Services, 'kms' | 'lambda' | 'stepFunctions' | 'sns' | 'dynamoDb' | 'events'>;

/**
 * Makes everything of the stack but its secrets: keys, functions, state machines, topics with their subscriptions,
 * tables and rules.
 *
 * @param existingKeys ids of keys that the account had before
 * @throws RuleNotEmulated and other errors of the services
 */
export function deployResources(
  stack: StackModel,
  existingKeys: readonly string[],
  { kms, lambda, stepFunctions, sns, dynamoDb, events }: ResourceServices,
): void {
  for (const keyId of existingKeys) kms.createKey({ keyId });
  for (const { keyId, aliases, description, enableKeyRotation } of stack.keys) {
    const key = kms.createKey({
      keyId,
      enableKeyRotation,
      description,
    });
    for (const alias of aliases) kms.createAlias(alias, key.keyId);
  }
  for (const definition of stack.functions) lambda.createFunction(definition);
  for (const machine of stack.stateMachines) stepFunctions.createStateMachine(machine);
  for (const topic of stack.topics) sns.createTopic(topic);
  for (const subscription of stack.subscriptions) sns.createSubscription(subscription);
  for (const table of stack.tables) dynamoDb.createTable(table);
  for (const rule of stack.rules) events.createRule(rule);
}

/**
 * Makes the stack's secrets and turns their rotation on, in the deployer's name. A schedule can be for a secret that is
 * not the stack's: unless it exists already, it is made, empty, under exactly that ARN. The configuration tests begin,
 * and are not waited for: as on AWS, what comes of one is told by CloudTrail alone. Functions must be able to run.
 *
 * @throws UnresolvableTemplate a first value that Secrets Manager would have to generate
 * @throws AwsError what Secrets Manager refuses, e.g. a function that it may not invoke
 */
export async function deploySecrets(
  stack: StackModel,
  secretsManager: SecretsManager,
  deployer: Caller,
): Promise<void> {
  for (const {
    logicalId,
    arn,
    name,
    description,
    kmsKeyId,
    secretString,
    generated,
    tags,
  } of stack.secrets) {
    if (generated) throw new UnresolvableTemplate(logicalId, 'GenerateSecretString', 'not emulated.');
    await secretsManager.createSecret(
      {
        arn,
        Name: name,
        Description: description,
        KmsKeyId: kmsKeyId,
        SecretString: secretString,
        Tags: tags,
      },
      deployer,
    );
  }
  for (const { secretId, rotationLambdaArn, rules, rotateImmediatelyOnUpdate } of stack.rotationSchedules) {
    if (secretId.startsWith('arn:') && secretsManager.secret(secretId) === undefined) {
      const Name = secretId.split(':').slice(6).join(':').replace(RANDOM_SUFFIX, '');
      await secretsManager.createSecret({ arn: secretId, Name }, deployer);
    }
    await secretsManager.scheduleRotation(
      {
        SecretId: secretId,
        RotationLambdaARN: rotationLambdaArn,
        RotationRules: rules,
        RotateImmediately: rotateImmediatelyOnUpdate,
      },
      deployer,
    );
  }
}
