import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { isSet } from '../shared/input/environment.ts';
import { type FetchResult, fetchCredential, parseFetchRequest } from './fetch.ts';

const hostRequired = isSet('HOST_REQUIRED');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the state Fetch. */
export async function handler(event: unknown): Promise<FetchResult> {
  return fetchCredential(parseFetchRequest(event), { secrets, sleep, hostRequired });
}
