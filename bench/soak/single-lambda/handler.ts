import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import fetch from 'node-fetch';
import * as v from 'valibot';
import { genesysUrls } from '../../../functions/shared/genesys/urls.ts';

/**
 * The single-Lambda rotation that the workflow replaces, for comparison: the refresh Lambda of the
 * Genesys Cloud blueprint "Move voicemail to S3", rebuilt with its behaviour, defects included. Never deploy it.
 */
const eventSchema = v.object({ Step: v.string(), SecretId: v.string(), ClientRequestToken: v.string() });
const credentialSchema = v.object({
  clientId: v.string(),
  clientSecret: v.string(),
  refreshToken: v.string(),
  accessToken: v.string(),
});
const tokensSchema = v.object({ access_token: v.string(), refresh_token: v.optional(v.string()) });

/** The timeout of the SDK that it uses. */
const TIMEOUT_MS = 16_000;

const secrets = new SecretsManagerClient();
const { loginUrl, apiUrl } = genesysUrls(process.env)('mypurecloud.com');

/** The handler that Secrets Manager calls for each step; an unknown step succeeds. */
export async function handler(event: unknown): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = v.parse(eventSchema, event);
  if (Step === 'createSecret') await createSecret(SecretId, ClientRequestToken);
  if (Step === 'testSecret') await testSecret(SecretId);
  if (Step === 'finishSecret') await finishSecret(SecretId, ClientRequestToken);
}

async function createSecret(secretId: string, versionId: string): Promise<void> {
  const { clientId, clientSecret, refreshToken } = await read(secretId, 'AWSCURRENT');
  try {
    // The guard is inverted: an existing pending value does not end the step.
    await read(secretId, 'AWSPENDING');
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) return;
  }
  const response = await fetch(`${loginUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`The token endpoint responded with ${response.status}.`);
  const tokens = v.parse(tokensSchema, await response.json());
  // Nothing keeps the tokens when this fails, and other keys of the secret are dropped.
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretId,
      ClientRequestToken: versionId,
      SecretString: JSON.stringify({
        clientId,
        clientSecret,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
      }),
      VersionStages: ['AWSPENDING'],
    }),
  );
}

async function testSecret(secretId: string): Promise<void> {
  const { accessToken } = await read(secretId, 'AWSPENDING');
  const response = await fetch(`${apiUrl}/api/v2/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`users/me responded with ${response.status}.`);
  await response.arrayBuffer();
}

async function finishSecret(secretId: string, versionId: string): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages[0] === 'AWSCURRENT')?.[0];
  if (current === versionId) return;
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionId,
      RemoveFromVersionId: current,
    }),
  );
}

async function read(secretId: string, stage: string): Promise<v.InferOutput<typeof credentialSchema>> {
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }),
  );
  return v.parse(v.pipe(v.string(), v.parseJson(), credentialSchema), SecretString);
}
