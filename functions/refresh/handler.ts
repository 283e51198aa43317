import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { HOUR_MS } from '../shared/durations.ts';
import type { RemainingTime } from '../shared/genesys/timeouts.ts';
import { genesysUrls } from '../shared/genesys/urls.ts';
import { isSet, requiredNumber, requiredVariable } from '../shared/input/environment.ts';
import { executionState } from './execution-state.ts';
import { parseRefreshRequest, type RefreshResult, refresh } from './refresh.ts';

const journal = {
  dynamoDb: new DynamoDBClient(AWS_CLIENT_LIMITS),
  tableName: requiredVariable('JOURNAL_TABLE'),
};
const sealKeyArn = requiredVariable('SEAL_KEY_ARN');
const longestGapMs = requiredNumber('MAX_GAP_HOURS') * HOUR_MS;
const genesysUrlsOf = genesysUrls(process.env);
const hostRequired = isSet('HOST_REQUIRED');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const kms = new KMSClient(AWS_CLIENT_LIMITS);

/** The task of the states Refresh, Failover and RefreshAgain. */
export async function handler(event: unknown, context: RemainingTime): Promise<RefreshResult> {
  return refresh(parseRefreshRequest(event), {
    secrets,
    kms,
    sealKeyArn,
    journal,
    stateOf: executionState,
    genesysUrlsOf,
    hostRequired,
    longestGapMs,
    remainingMs: () => context.getRemainingTimeInMillis(),
    now: () => new Date(),
    sleep,
  });
}
