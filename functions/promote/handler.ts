import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { HOUR_MS } from '../shared/durations.ts';
import type { RemainingTime } from '../shared/genesys/timeouts.ts';
import { requiredNumber, requiredVariable } from '../shared/input/environment.ts';
import { requestFields } from '../shared/input/request.ts';
import { type PromoteResult, parsePromotion, promote } from './promote.ts';
import { type StandDownResult, standDown } from './stand-down.ts';

const journal = {
  dynamoDb: new DynamoDBClient(AWS_CLIENT_LIMITS),
  tableName: requiredVariable('JOURNAL_TABLE'),
};
const longestGapMs = requiredNumber('MAX_GAP_HOURS') * HOUR_MS;
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the states Promote and StandDown. */
export async function handler(
  event: unknown,
  context: RemainingTime,
): Promise<PromoteResult | StandDownResult> {
  const request = requestFields('The request of the state Promote', event);
  const action = request.oneOf('action', ['promote', 'stand-down']);
  const subject = {
    secretArn: request.secretArn('secretArn'),
    versionId: request.id('versionId'),
    execution: request.executionArn('execution'),
    state: request.id('state'),
  };
  if (action === 'stand-down') {
    const redriveCount = request.count('redriveCount');
    return standDown({ ...subject, action, redriveCount }, { secrets, sleep });
  }
  return promote(
    { ...subject, action, ...parsePromotion(request) },
    {
      secrets,
      journal,
      remainingMs: () => context.getRemainingTimeInMillis(),
      now: () => new Date(),
      sleep,
      longestGapMs,
    },
  );
}
