import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { HOUR_MS } from '../shared/durations.ts';
import { requiredNumber, requiredVariable } from '../shared/input/environment.ts';
import { parseStorePendingRequest, type StorePendingResult, storePending } from './store-pending.ts';

const journal = {
  dynamoDb: new DynamoDBClient(AWS_CLIENT_LIMITS),
  tableName: requiredVariable('JOURNAL_TABLE'),
};
const sealKeyArn = requiredVariable('SEAL_KEY_ARN');
const longestGapMs = requiredNumber('MAX_GAP_HOURS') * HOUR_MS;
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const kms = new KMSClient(AWS_CLIENT_LIMITS);

/** The task of the state StorePending. */
export async function handler(event: unknown): Promise<StorePendingResult> {
  return storePending(parseStorePendingRequest(event), {
    secrets,
    kms,
    sealKeyArn,
    journal,
    longestGapMs,
    now: () => new Date(),
    sleep,
  });
}
