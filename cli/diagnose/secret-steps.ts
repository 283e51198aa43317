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
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { type Credential, parseCredential } from '../../functions/shared/secrets/secret-value.ts';
import { instantText } from '../shared/time-text.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** The secret, without its values. */
export interface DescribedSecret extends DescribeSecretCommandOutput {
  readonly ARN: string;
  readonly Name: string;
}

/** The value of AWSCURRENT, and when that version was created. */
export interface StoredValue {
  readonly credential: Credential;
  readonly storedAt: Date;
}

/** Checks whether the secret exists, is not to be deleted, and can be rotated in this region. */
export async function checkSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  region: string,
): Promise<Finding<DescribedSecret>> {
  let described: DescribeSecretCommandOutput;
  try {
    described = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException || error instanceof InvalidParameterException))
      throw error;
    return wrong(
      `${secretId} does not exist in ${region}`,
      `Check the name (aws secretsmanager list-secrets) and the region (--region).`,
    );
  }
  const { ARN = secretId, Name = secretId, DeletedDate, PrimaryRegion } = described;
  if (DeletedDate !== undefined) {
    return wrong(
      `${Name} is scheduled for deletion`,
      `If that is not intended, restore it: aws secretsmanager restore-secret --secret-id ${ARN}`,
    );
  }
  if (PrimaryRegion !== undefined && PrimaryRegion !== region) {
    return wrong(
      `${Name} is a replica`,
      `Only the primary secret in ${PrimaryRegion} is rotated. Deploy there, and diagnose with --region ${PrimaryRegion}.`,
    );
  }
  return ok(ARN, { ...described, ARN, Name });
}

/** Checks whether the current value is a complete credential. Reports keys, never their values. */
export async function checkValue(
  secrets: SecretsManagerClient,
  { ARN, Name }: DescribedSecret,
  command: CommandLine,
): Promise<Finding<StoredValue>> {
  const store = `Store a credential: ${command`authorize ${Name}`}`;
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
        `Secrets Manager cannot use the KMS key of secret ${Name} on your behalf. Check the state of the key and its policy.`,
      );
    }
    throw error;
  }
}
