import {
  DecryptionFailure,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../../functions/shared/errors.ts';
import { type Credential, parseCredential } from '../../functions/shared/secret-value.ts';
import type { CommandLine } from '../shared/command-line.ts';
import { instantText } from '../shared/time-text.ts';
import { type Look, ok, wrong } from './steps.ts';

/** The secret, without its values. */
export interface DescribedSecret extends DescribeSecretCommandOutput {
  readonly ARN: string;
  readonly Name: string;
}

/** The value of AWSCURRENT, and when that version was made. */
export interface StoredValue {
  readonly credential: Credential;
  readonly storedAt: Date;
}

/** Whether the secret exists, is to stay, and is one that can be rotated in this region. */
export async function lookAtSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  region: string,
): Promise<Look<DescribedSecret>> {
  let described: DescribeSecretCommandOutput;
  try {
    described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException || error instanceof InvalidParameterException))
      throw error;
    return wrong(
      `${secretId} does not exist in ${region}`,
      `There is no secret ${secretId} in this account in the region ${region}. Look at its name (aws secretsmanager list-secrets) and at the region (--region).`,
    );
  }
  const { ARN = secretId, Name = secretId, DeletedDate, PrimaryRegion } = described;
  if (DeletedDate !== undefined) {
    return wrong(
      `${Name} is scheduled for deletion`,
      `Keep the secret, if that was not meant: aws secretsmanager restore-secret --secret-id ${ARN}`,
    );
  }
  if (PrimaryRegion !== undefined && PrimaryRegion !== region) {
    return wrong(
      `${Name} is a replica`,
      `The secret is a replica, and only the primary in ${PrimaryRegion} is rotated: deploy there, and diagnose with --region ${PrimaryRegion}.`,
    );
  }
  return ok(ARN, { ...described, ARN, Name });
}

/** Whether the current value is a complete credential. What is found names keys, never their values. */
export async function lookAtValue(
  secrets: SecretsManagerClient,
  { ARN, Name }: DescribedSecret,
  command: CommandLine,
): Promise<Look<StoredValue>> {
  const store = `Store a complete one: ${command(`authorize ${Name}`)}`;
  try {
    const read = await secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
    const credential = parseCredential(ARN, read);
    const { host, clientId, expiresAt } = credential;
    const end = expiresAt === undefined ? '' : `, access token until ${instantText(expiresAt)}`;
    return ok(`client ${clientId} at ${host}${end}`, {
      credential,
      storedAt: read.CreatedDate ?? new Date(0),
    });
  } catch (error) {
    if (error instanceof InvalidSecret) return wrong('not a complete credential', error.message);
    if (error instanceof ResourceNotFoundException) return wrong('the secret has no value yet', store);
    if (error instanceof DecryptionFailure) {
      return wrong(
        'the value cannot be decrypted',
        `Secrets Manager cannot use the KMS key of secret ${Name} in your name: look at the state of the key and at its policy.`,
      );
    }
    throw error;
  }
}
