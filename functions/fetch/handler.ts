import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { type FetchResult, fetchVersions } from './fetch.ts';
import { parseFetchRequest } from './fetch-request.ts';

const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the state Fetch. */
export async function handler(event: unknown): Promise<FetchResult> {
  return fetchVersions(parseFetchRequest(event), { secrets });
}
