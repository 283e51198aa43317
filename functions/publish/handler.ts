import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { genesysUrls } from '../shared/genesys/urls.ts';
import { isSet } from '../shared/input/environment.ts';
import { type PublishResult, parsePublishRequest, publish } from './publish.ts';

const genesysUrlsOf = genesysUrls(process.env);
const hostRequired = isSet('HOST_REQUIRED');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);

/** The task of the states Publish and PublishNewerLogin. */
export async function handler(event: unknown): Promise<PublishResult> {
  return publish(parsePublishRequest(event), { secrets, genesysUrlsOf, hostRequired, sleep });
}
