import type { AwsService } from '../../sandbox/aws/service.ts';
import { Clock } from '../../sandbox/clock.ts';
import { CloudTrail } from '../../sandbox/cloudtrail/cloudtrail.ts';
import { DynamoDb } from '../../sandbox/dynamodb/dynamodb.ts';
import { iam } from '../../sandbox/iam/iam.ts';
import { Kms } from '../../sandbox/kms/kms.ts';
import { Lambda } from '../../sandbox/lambda/lambda.ts';
import { SecretsManager } from '../../sandbox/secrets-manager/secrets-manager.ts';
import { Sns } from '../../sandbox/sns/sns.ts';
import { StepFunctions } from '../../sandbox/step-functions/step-functions.ts';
import { sts } from '../../sandbox/sts/sts.ts';
import { allowEverything } from './allow-everything.ts';

/** Every emulated service of AWS, empty, in the order of the sandbox's README. */
export function emulatedServices(): AwsService[] {
  const clock = new Clock();
  const account = { clock, accountId: '123456789012', region: 'us-east-1', partition: 'aws' };
  const functions = new Lambda({
    ...account,
    authorizer: allowEverything,
    credentialsFor: () => ({ accessKeyId: '', secretAccessKey: '' }),
  });
  return [
    new SecretsManager({
      ...account,
      functions,
      mayInvoke: () => true,
      checkKeyUse: () => 'usable',
      cloudTrail: new CloudTrail(account.clock),
    }),
    new StepFunctions({
      ...account,
      functions,
      authorizer: allowEverything,
      checkKeyUse: () => 'usable',
    }),
    functions,
    new Kms({ ...account, policies: { policyOf: () => ({}), replacePolicy: () => undefined } }),
    sts,
    iam({ simulate: () => undefined }),
    new Sns(account),
    new DynamoDb(account),
  ];
}
