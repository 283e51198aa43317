import {
  ListSecretsCommand,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { isSameFunction } from '../input/arns.ts';

/** Maximum page size of ListSecrets. */
const PAGE_SIZE = 100;

/** All secrets with a rotation function, except those scheduled for deletion. */
export async function listRotatedSecrets(
  secrets: SecretsManagerClient,
  rotationFunctionArn: string,
): Promise<readonly SecretListEntry[]> {
  const found: SecretListEntry[] = [];
  let nextToken: string | undefined;
  do {
    const { SecretList = [], NextToken } = await secrets.send(
      new ListSecretsCommand({ MaxResults: PAGE_SIZE, NextToken: nextToken }),
    );
    found.push(
      ...SecretList.filter(
        ({ RotationLambdaARN, DeletedDate }) =>
          DeletedDate === undefined && isSameFunction(RotationLambdaARN, rotationFunctionArn),
      ),
    );
    nextToken = NextToken;
  } while (nextToken !== undefined);
  return found;
}
