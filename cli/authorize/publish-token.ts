import { GetFunctionConfigurationCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  ResourceNotFoundException as NoSecret,
} from '@aws-sdk/client-secrets-manager';
import { type GenesysUrlsOf, genesysUrls } from '../../functions/shared/genesys/urls.ts';
import {
  PUBLISHER_TAG,
  publishedSecretName,
  publishedValue,
  putPublishedValue,
} from '../../functions/shared/secrets/published-token.ts';
import type { Aws } from '../shared/aws.ts';
import type { NewCredential, WrittenSecret } from './write-credential.ts';

/** The secret that consumers read, and the reason if it was not written. */
export interface PublishedToken {
  readonly secretName: string;
  readonly problem: string | undefined;
}

/** What is published, and by which deployment. */
export interface Publication {
  /** The deployment that rotates the secret; undefined if none does. */
  readonly stack: string | undefined;
  /** The KMS key of the rotated secret, which a new secret also gets. */
  readonly kmsKeyId: string | undefined;
  readonly written: WrittenSecret;
  readonly credential: NewCredential;
}

/**
 * If the deployment publishes access tokens, writes the access token to the secret that consumers read, and creates
 * that secret if necessary. Does not throw: the credential is already stored, and the next rotation also publishes.
 *
 * @returns undefined if the deployment does not publish access tokens
 */
export async function publishToken(
  aws: Pick<Aws, 'lambda' | 'secrets'>,
  { stack, kmsKeyId, written, credential }: Publication,
): Promise<PublishedToken | undefined> {
  if (stack === undefined) return undefined;
  const secretName = publishedSecretName(written.name);
  try {
    const urlsOf = await publishingUrls(aws, stack);
    if (urlsOf === undefined) return undefined;
    await ensureSecret(aws, { secretName, stack, kmsKeyId, rotatedName: written.name });
    const { tokens, client } = credential;
    const value = publishedValue({ ...tokens, host: client.host }, urlsOf) ?? '';
    await putPublishedValue(aws.secrets, secretName, { versionId: written.versionId, value });
    return { secretName, problem: undefined };
  } catch (error) {
    const problem =
      error instanceof NotPublished ? error.message : `${error instanceof Error ? error.name : error}`;
    return { secretName, problem };
  }
}

class NotPublished extends Error {
  override readonly name = 'NotPublished';
}

/** The URLs that the deployment publishes; undefined if it has no `publish` function. */
async function publishingUrls(
  { lambda }: Pick<Aws, 'lambda'>,
  stack: string,
): Promise<GenesysUrlsOf | undefined> {
  try {
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: `${stack}-publish` }),
    );
    return genesysUrls(Environment?.Variables ?? {});
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** A secret of this name without the tag may belong to something else. */
async function ensureSecret(
  { secrets }: Pick<Aws, 'secrets'>,
  {
    secretName,
    stack,
    kmsKeyId,
    rotatedName,
  }: {
    readonly secretName: string;
    readonly stack: string;
    readonly kmsKeyId: string | undefined;
    readonly rotatedName: string;
  },
): Promise<void> {
  let described: DescribeSecretCommandOutput;
  try {
    described = await secrets.send(new DescribeSecretCommand({ SecretId: secretName }));
  } catch (error) {
    if (!(error instanceof NoSecret)) throw error;
    await secrets.send(
      new CreateSecretCommand({
        Name: secretName,
        Description: `Genesys Cloud access token of ${rotatedName}, for consumers`,
        Tags: [{ Key: PUBLISHER_TAG, Value: stack }],
        ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
      }),
    );
    return;
  }
  if (described.Tags?.some(({ Key, Value }) => Key === PUBLISHER_TAG && Value === stack)) return;
  throw new NotPublished(`it exists without the tag ${PUBLISHER_TAG}=${stack}`);
}
