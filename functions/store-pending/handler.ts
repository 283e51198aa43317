import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { requiredVariable } from '../shared/environment.ts';
import { type StorePendingResult, storePending } from './store-pending.ts';
import { parseStorePendingRequest } from './store-pending-request.ts';

const sealKeyArn = requiredVariable('SEAL_KEY_ARN');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const kms = new KMSClient(AWS_CLIENT_LIMITS);

/** The task of the state StorePending. */
export async function handler(event: unknown): Promise<StorePendingResult> {
  return storePending(parseStorePendingRequest(event), { secrets, kms, sealKeyArn });
}
