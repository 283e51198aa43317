import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { requiredNumber, requiredVariable } from '../shared/input/environment.ts';
import { type WatchResult, watch } from './watch.ts';

const rotationFunctionArn = requiredVariable('ROTATION_FUNCTION_ARN');
const schedule = {
  expression: requiredVariable('SCHEDULE_EXPRESSION'),
  window: requiredVariable('ROTATION_WINDOW'),
  longestGapHours: requiredNumber('LONGEST_GAP_HOURS'),
};
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** Looks after all credentials: what EventBridge calls every hour. */
export async function handler(): Promise<WatchResult> {
  return watch({ secrets, rotationFunctionArn, schedule, now: () => new Date() });
}
