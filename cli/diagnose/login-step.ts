import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SharedLogin } from '../../functions/shared/errors.ts';
import { fingerprintOf } from '../../functions/shared/journal/fingerprint.ts';
import { readToken } from '../../functions/shared/journal/journal.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { parseCredential } from '../../functions/shared/secrets/secret-value.ts';
import { mapBounded } from '../shared/bounded.ts';
import type { Deployment } from '../shared/deployment.ts';
import { listSecrets, type SecretEntry } from '../shared/secrets.ts';
import type { JournalTable } from './journal-step.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Finding, isDenial, ok, wrong } from './steps.ts';

/** What the check uses. */
interface LoginDependencies extends JournalTable {
  readonly dynamoDb: DynamoDBClient;
  readonly secrets: SecretsManagerClient;
  readonly command: CommandLine;
}

/**
 * Checks that no other secret holds the same login: in the journal, and in the deployment's secrets as far as the
 * caller may read them. The journal finds a login that was rotated, the secrets one that was not rotated yet.
 */
export async function checkLogin(
  { ARN, Name }: DescribedSecret,
  { credential }: StoredValue,
  deployment: Deployment,
  { command, secrets, ...journal }: LoginDependencies,
): Promise<Finding<undefined>> {
  const fingerprint = fingerprintOf(credential);
  const others = await otherSecrets(secrets, deployment, ARN);
  const logins = await mapBounded(others ?? [], async other => ({
    name: other.name,
    fingerprint: await currentFingerprint(secrets, other.arn),
  }));
  const twin = logins.find(other => other.fingerprint === fingerprint);
  try {
    await readToken(journal, ARN, fingerprint);
  } catch (error) {
    if (error instanceof SharedLogin) {
      // The first sentence names the other secret.
      const [found = error.message] = error.message.split('. ');
      return wrong(
        found,
        `Two secrets must not hold the same login, because each refresh ends the other's tokens. Rotations of this secret fail with SharedLogin. Log in for this secret: ${command`authorize ${Name}`}`,
      );
    }
    if (twin === undefined || !isDenial(error)) throw error;
  }
  if (twin !== undefined) {
    return wrong(
      `secret ${twin.name} holds the same login`,
      `Two secrets must not hold the same login, because each refresh ends the other's tokens. The one that rotates second fails with SharedLogin. Log in for the other secret: ${command`authorize ${twin.name}`}`,
    );
  }
  if (others === undefined) return ok('in no other secret that the journal knows', undefined);
  const unread = logins.filter(other => other.fingerprint === undefined).length;
  return ok(
    `in no other secret of the deployment${unread === 0 ? '' : `; ${unread} of ${logins.length} could not be read`}`,
    undefined,
  );
}

/** Undefined where the caller may not list secrets. */
async function otherSecrets(
  secrets: SecretsManagerClient,
  deployment: Deployment,
  ownArn: string,
): Promise<readonly SecretEntry[] | undefined> {
  try {
    return (await listSecrets({ secrets }, deployment)).filter(({ arn }) => arn !== ownArn);
  } catch (error) {
    if (isDenial(error)) return undefined;
    throw error;
  }
}

/** Undefined where the value cannot be read, for whatever reason: this is about another secret. */
async function currentFingerprint(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<string | undefined> {
  try {
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return fingerprintOf(parseCredential(secretArn, value));
  } catch {
    return undefined;
  }
}
