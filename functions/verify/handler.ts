import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { API_TIMEOUT_MS, type RemainingTime, timeoutWithin } from '../shared/genesys/timeouts.ts';
import { genesysUrls } from '../shared/genesys/urls.ts';
import { isSet } from '../shared/input/environment.ts';
import { parseVerifyRequest, type VerifyResult, verify } from './verify.ts';

/** The time to report a call that has timed out, in ms. */
const REPORT_RESERVE_MS = 500;

const genesysUrlsOf = genesysUrls(process.env);
const hostRequired = isSet('HOST_REQUIRED');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the states Verify and CheckConfiguration. */
export async function handler(event: unknown, context: RemainingTime): Promise<VerifyResult> {
  return verify(parseVerifyRequest(event), {
    secrets,
    genesysUrlsOf,
    hostRequired,
    timeoutMs: () => timeoutWithin(API_TIMEOUT_MS, context.getRemainingTimeInMillis(), REPORT_RESERVE_MS),
    now: () => new Date(),
    sleep,
  });
}
