import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { requiredNumber, requiredVariable } from '../shared/input/environment.ts';
import { checkOverdue, type OverdueCheckResult } from './overdue-check.ts';

const rotationFunctionArn = requiredVariable('ROTATION_FUNCTION_ARN');
const schedule = {
  expression: requiredVariable('SCHEDULE_EXPRESSION'),
  window: requiredVariable('ROTATION_WINDOW'),
  longestGapHours: requiredNumber('MAX_GAP_HOURS'),
};
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** Checks all credentials. EventBridge invokes it every hour. */
export async function handler(): Promise<OverdueCheckResult> {
  return checkOverdue({ secrets, rotationFunctionArn, schedule, now: () => new Date() });
}
