import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import type { Aws } from '../shared/aws.ts';

/** The clients of all services that the chain goes through. */
export interface DiagnosisClients extends Aws {
  readonly kms: KMSClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
}

/** Makes the further clients; credentials and region are those of the others. */
export function diagnosisClients(aws: Aws): DiagnosisClients {
  const { credentials, region } = aws.lambda.config;
  const config = { credentials, region, maxAttempts: 5 };
  return { ...aws, kms: new KMSClient(config), sts: new STSClient(config), iam: new IAMClient(config) };
}
