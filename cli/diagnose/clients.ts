import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import type { Aws } from '../shared/aws.ts';

/** The clients of all services that a diagnosis calls. */
export interface DiagnosisClients extends Aws {
  readonly dynamoDb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
}

/** Creates the additional clients, with the same credentials and region. */
export function diagnosisClients(aws: Aws): DiagnosisClients {
  const { credentials, region } = aws.lambda.config;
  const config = { credentials, region, maxAttempts: 5 };
  return {
    ...aws,
    dynamoDb: new DynamoDBClient(config),
    kms: new KMSClient(config),
    sts: new STSClient(config),
    iam: new IAMClient(config),
  };
}
