import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { optionalNumber, requiredVariable } from '../shared/environment.ts';
import { type RemainingTime, TOKEN_TIMEOUT_MS, timeoutWithin } from '../shared/genesys-timeouts.ts';
import { genesysUrls } from '../shared/genesys-urls.ts';
import { type RefreshResult, refresh } from './refresh.ts';
import { parseRefreshRequest } from './refresh-request.ts';

const sealKeyArn = requiredVariable('SEAL_KEY_ARN');
const longestGapHours = optionalNumber('LONGEST_GAP_HOURS');
const genesysUrlsOf = genesysUrls(process.env);
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const kms = new KMSClient(AWS_CLIENT_LIMITS);

/** The task of the states Refresh and RefreshPending. */
export async function handler(event: unknown, context: RemainingTime): Promise<RefreshResult> {
  return refresh(parseRefreshRequest(event), {
    secrets,
    kms,
    sealKeyArn,
    genesysUrlsOf,
    timeoutMs: () => timeoutWithin(TOKEN_TIMEOUT_MS, context),
    now: () => new Date(),
    longestGapHours,
  });
}
