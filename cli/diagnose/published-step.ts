import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { shellWord } from '../../functions/shared/output/plain-text.ts';
import { PUBLISHER_TAG, publishedSecretName } from '../../functions/shared/secrets/published-token.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** Checks whether the secret that consumers read exists and may be written by the deployment. */
export async function checkPublishedSecret(
  secrets: SecretsManagerClient,
  { Name, KmsKeyId }: DescribedSecret,
  { name: stack }: Pick<Deployment, 'name'>,
): Promise<Finding<undefined>> {
  const published = publishedSecretName(Name);
  const tag = `Key=${PUBLISHER_TAG},Value=${stack}`;
  try {
    const { Tags = [], DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId: published }));
    if (DeletedDate !== undefined) {
      return wrong(
        `${published} is scheduled for deletion`,
        `Restore it: aws secretsmanager restore-secret --secret-id ${shellWord(published)}`,
      );
    }
    if (Tags.some(({ Key, Value }) => Key === PUBLISHER_TAG && Value === stack))
      return ok(published, undefined);
    return wrong(
      `${published} lacks the tag ${PUBLISHER_TAG}=${stack}`,
      `The function publish writes only secrets with this tag. If this secret is meant for the access token, add the tag: aws secretsmanager tag-resource --secret-id ${shellWord(published)} --tags ${tag}`,
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const key = KmsKeyId === undefined ? '' : ` --kms-key-id ${KmsKeyId}`;
    return wrong(
      `${published} does not exist`,
      `Rotations fail with AccessTokenNotPublished. Create the secret: aws secretsmanager create-secret --name ${shellWord(published)} --tags ${tag}${key}`,
    );
  }
}
