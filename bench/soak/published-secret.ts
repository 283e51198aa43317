import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { secretNameOf } from '../../functions/shared/input/arns.ts';
import {
  PUBLISHER_TAG,
  publishedSecretName,
  publishedValue,
  putPublishedValue,
} from '../../functions/shared/secrets/published-token.ts';
import { parseCredential } from '../../functions/shared/secrets/secret-value.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { synthesize } from '../../sandbox/synthesis.ts';

/** The name of the published secret of a credential. */
export function publishedNameOf(secretArn: string): string {
  return publishedSecretName(secretNameOf(secretArn));
}

/** Whether a secret is a published secret. */
export function isPublishedSecret(secretArn: string): boolean {
  return secretNameOf(secretArn).endsWith(publishedSecretName(''));
}

/** Creates the published secret of a credential, as `authorize` does. */
export async function createPublishedSecret(
  { secretArn }: Pick<FirstCredential, 'secretArn'>,
  sandbox: Sandbox,
): Promise<void> {
  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  await secrets.send(
    new CreateSecretCommand({
      Name: publishedNameOf(secretArn),
      Tags: [{ Key: PUBLISHER_TAG, Value: sandbox.stateMachineArn.split(':').at(-1) ?? '' }],
    }),
  );
  await publishLogin(secretArn, { sandbox, secrets });
  secrets.destroy();
}

/** Publishes the access token of AWSCURRENT after a login, as `authorize` does, if there is a published secret. */
export async function publishLogin(
  secretArn: string,
  { sandbox, secrets }: { readonly sandbox: Sandbox; readonly secrets: SecretsManagerClient },
): Promise<void> {
  const name = publishedNameOf(secretArn);
  if (sandbox.secretsManager.secret(name) === undefined) return;
  const current = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const value = publishedValue(parseCredential(secretArn, current), host =>
    sandbox.genesysCloud.urlsOf(host),
  );
  if (value !== undefined) {
    await putPublishedValue(secrets, name, { versionId: current.VersionId ?? '', value });
  }
}

/** Synthesises the stack that publishes access tokens, for secrets of any name. */
export async function synthesizePublishing(assemblyDirectory: string): Promise<void> {
  await synthesize(assemblyDirectory, {
    secretArnPatterns: 'arn:*:secretsmanager:*:*:secret:*',
    publishAccessTokens: 'true',
  });
}
