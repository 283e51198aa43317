import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { type PromoteResult, promote } from './promote.ts';
import { parsePromoteRequest } from './promote-request.ts';
import { type StandDownResult, standDown } from './stand-down.ts';

const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the states Promote and StandDown. */
export async function handler(event: unknown): Promise<PromoteResult | StandDownResult> {
  const request = parsePromoteRequest(event);
  return request.action === 'promote'
    ? promote(request, { secrets, now: () => new Date() })
    : standDown(request, { secrets });
}
