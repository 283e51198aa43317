import type { Caller } from './aws/service.ts';
import type { SecretsManager } from './secrets-manager/secrets-manager.ts';
import type { Services } from './services.ts';
import type { StackModel } from './template/stack-model.ts';
import { UnresolvableTemplate } from './template/template.ts';

const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

/** The services that own the stack's resources. */
type ResourceServices = Pick<Services, 'kms' | 'lambda' | 'stepFunctions' | 'sns' | 'dynamoDb' | 'events'>;

/**
 * Creates the stack's resources except secrets: keys, functions, state machines, topics with their subscriptions,
 * tables and rules.
 *
 * @param existingKeys ids of keys that exist in the account before the deployment
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
 * Creates the stack's secrets and enables their rotation as the deployer. A schedule may name a secret outside the
 * stack: if it does not exist, it is created without a value, with exactly that ARN. Starts the configuration tests
 * without waiting for them: as on AWS, only CloudTrail reports their result. The functions must be able to run.
 *
 * @throws UnresolvableTemplate an initial value that Secrets Manager would have to generate
 * @throws AwsError Secrets Manager refuses a request, e.g. because it may not invoke the function
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
