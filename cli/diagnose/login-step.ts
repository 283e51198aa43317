import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SharedLogin } from '../../functions/shared/errors.ts';
import { fingerprintOf } from '../../functions/shared/journal/fingerprint.ts';
import { readToken } from '../../functions/shared/journal/journal.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { type Credential, parseCredential } from '../../functions/shared/secrets/secret-value.ts';
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

/** A grant of the secret, and the command that replaces it. */
interface GrantOfSecret {
  readonly fingerprint: string;
  readonly logIn: string;
}

const TWO_SECRETS = "Two secrets must not hold the same login, because each refresh ends the other's tokens.";

/**
 * Checks that no other secret holds a login of the secret. Reads the journal, which knows logins that were rotated, and
 * the deployment's secrets that the caller may read, because a login that was not rotated is not in the journal. Also
 * checks that an alternate grant has a different login than the grant in use.
 */
export async function checkLogin(
  { ARN, Name }: DescribedSecret,
  { credential }: StoredValue,
  deployment: Deployment,
  { command, secrets, ...journal }: LoginDependencies,
): Promise<Finding<undefined>> {
  const [current, alternate] = fingerprintsOf(credential);
  const grants: readonly GrantOfSecret[] = [
    { fingerprint: current, logIn: command`authorize ${Name}` },
    ...(alternate === undefined
      ? []
      : [{ fingerprint: alternate, logIn: command`authorize ${Name} --alternate` }]),
  ];
  const others = await otherSecrets(secrets, deployment, ARN);
  const logins = await mapBounded(others ?? [], async other => ({
    name: other.name,
    fingerprints: await currentFingerprints(secrets, other.arn),
  }));
  const isOwn = (fingerprint: string | undefined): boolean =>
    grants.some(grant => grant.fingerprint === fingerprint);
  const twin = logins.find(({ fingerprints }) => fingerprints?.some(isOwn));
  const lineages: string[] = [];
  for (const { fingerprint, logIn } of grants) {
    try {
      lineages.push((await readToken(journal, ARN, fingerprint))?.lineage ?? fingerprint);
    } catch (error) {
      if (error instanceof SharedLogin) {
        // The first sentence names the other secret.
        const [found = error.message] = error.message.split('. ');
        return wrong(
          found,
          `${TWO_SECRETS} Rotations of this secret fail with SharedLogin. Log in for this secret: ${logIn}`,
        );
      }
      if (twin === undefined || !isDenial(error)) throw error;
    }
  }
  if (twin !== undefined) {
    return wrong(
      `secret ${twin.name} holds the same login`,
      `${TWO_SECRETS} The secret that rotates second fails with SharedLogin. Log in for the other secret: ${isOwn(twin.fingerprints?.[0]) ? command`authorize ${twin.name}` : command`authorize ${twin.name} --alternate`}`,
    );
  }
  if (lineages[0] === lineages[1]) {
    return wrong(
      'alternateRefreshToken and refreshToken are from the same login',
      `The secret has only one grant: the next rotation drops the key alternateRefreshToken. Log in for a second grant: ${command`authorize ${Name} --alternate`}`,
    );
  }
  if (others === undefined) return ok('in no other secret in the journal', undefined);
  const unread = logins.filter(other => other.fingerprints === undefined).length;
  return ok(
    `in no other secret of the deployment${unread === 0 ? '' : `; ${unread} of ${logins.length} could not be read`}`,
    undefined,
  );
}

/** Undefined if the caller may not list secrets. */
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

/** Undefined if the value cannot be read for any reason. */
async function currentFingerprints(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<readonly string[] | undefined> {
  try {
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return fingerprintsOf(parseCredential(secretArn, value));
  } catch {
    return undefined;
  }
}

/** The fingerprints of the refresh token in use and, if there is one, of the alternate one. */
function fingerprintsOf(credential: Credential): readonly [current: string, ...alternate: string[]] {
  const current = fingerprintOf(credential);
  const { clientId, alternateRefreshToken } = credential;
  return alternateRefreshToken === undefined
    ? [current]
    : [current, fingerprintOf({ clientId, refreshToken: alternateRefreshToken })];
}
