import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { API_TIMEOUT_MS, type RemainingTime, timeoutWithin } from '../shared/genesys-timeouts.ts';
import { genesysUrls } from '../shared/genesys-urls.ts';
import { type VerifyResult, verify } from './verify.ts';
import { parseVerifyRequest } from './verify-request.ts';

const genesysUrlsOf = genesysUrls(process.env);
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the states Verify, VerifyResumed and CheckConfiguration. */
export async function handler(event: unknown, context: RemainingTime): Promise<VerifyResult> {
  return verify(parseVerifyRequest(event), {
    secrets,
    genesysUrlsOf,
    timeoutMs: () => timeoutWithin(API_TIMEOUT_MS, context),
    now: () => new Date(),
  });
}
