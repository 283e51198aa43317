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
 * The whole rotation in one Lambda, as the refresh Lambda of the Genesys Cloud blueprint "Move voicemail to S3" does
 * it: the same calls in the same steps, without its defects and without anything that would save a token after a
 * failure. Only for comparison; do not deploy it.
 */
const eventSchema = v.object({
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: v.string(),
  ClientRequestToken: v.string(),
});
const credentialSchema = v.looseObject({
  clientId: v.string(),
  clientSecret: v.string(),
  refreshToken: v.string(),
  accessToken: v.string(),
});
const tokensSchema = v.object({ access_token: v.string(), refresh_token: v.string() });

type Credential = v.InferOutput<typeof credentialSchema>;

const HOST = 'mypurecloud.com';
const secrets = new SecretsManagerClient();
const { loginUrl, apiUrl } = genesysUrls(process.env)(HOST);

/** The handler that Secrets Manager calls for each step. */
export async function handler(event: unknown): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = v.parse(eventSchema, event);
  if (Step === 'createSecret') await createSecret(SecretId, ClientRequestToken);
  if (Step === 'testSecret') await testSecret(SecretId, ClientRequestToken);
  if (Step === 'finishSecret') await finishSecret(SecretId, ClientRequestToken);
}

async function createSecret(secretId: string, versionId: string): Promise<void> {
  const credential = await read(secretId, { VersionStage: 'AWSCURRENT' });
  if (await isStored(secretId, versionId)) return;
  const { clientId, clientSecret, refreshToken } = credential;
  const response = await fetch(`${loginUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  });
  if (!response.ok) throw new Error(`Genesys Cloud responded with ${response.status} to the refresh.`);
  const tokens = v.parse(tokensSchema, await response.json());
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretId,
      ClientRequestToken: versionId,
      SecretString: JSON.stringify({
        ...credential,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
      }),
      VersionStages: ['AWSPENDING'],
    }),
  );
}

async function testSecret(secretId: string, versionId: string): Promise<void> {
  const { accessToken } = await read(secretId, { VersionId: versionId, VersionStage: 'AWSPENDING' });
  const response = await fetch(`${apiUrl}/api/v2/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (!response.ok)
    throw new Error(`Genesys Cloud responded with ${response.status} to the new access token.`);
  await response.arrayBuffer();
}

async function finishSecret(secretId: string, versionId: string): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
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

async function isStored(secretId: string, versionId: string): Promise<boolean> {
  try {
    await read(secretId, { VersionId: versionId, VersionStage: 'AWSPENDING' });
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

async function read(
  secretId: string,
  version: { readonly VersionId?: string; readonly VersionStage: string },
): Promise<Credential> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId, ...version }));
  return v.parse(v.pipe(v.string(), v.parseJson(), credentialSchema), SecretString);
}
