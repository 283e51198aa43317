import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { type AccessRequest, type AwsOperation, type Caller, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { CheckKeyUse } from '../kms/key-use.ts';
import { requireKey } from './key-access.ts';
import { members, notEmulated, readValue, requireToken, requireValidName } from './request-rules.ts';
import { Secret, sameValue, type Tag } from './secret.ts';
import type { SecretAccess } from './secret-access.ts';
import { labelledVersions, secretMembers } from './secret-description.ts';
import type { SecretStore } from './secret-store.ts';
import { AWSCURRENT } from './staging-labels.ts';
import { tokenInUse, type VersionWriter } from './version-writer.ts';

/** Replaces the version id in the encryption context when a key is validated. */
const KEY_PROBE = 'RequestToValidateKeyAccess';

/**
 * The operations that create, describe and update secrets.
 *
 * Source: AWS Secrets Manager API Reference, the operation of each name.
 */
export function secretOperations(parts: {
  readonly clock: Clock;
  readonly store: SecretStore;
  readonly writer: VersionWriter;
  readonly checkKeyUse: CheckKeyUse;
  readonly access: SecretAccess;
}): Readonly<Record<string, AwsOperation>> {
  const { clock, store, writer, checkKeyUse, access } = parts;

  /** Secrets Manager validates a key before it uses the key for a secret. */
  const validateKey = (arn: string, kmsKeyId: string, caller: Caller): void =>
    requireKey(checkKeyUse, { arn, kmsKeyId }, KEY_PROBE, caller, ['kms:GenerateDataKey', 'kms:Decrypt']);

  const CreateSecret = operation(
    v.object({
      Name: v.string(),
      ClientRequestToken: members.clientRequestToken,
      Description: members.description,
      KmsKeyId: members.kmsKeyId,
      SecretString: members.secretString,
      SecretBinary: members.secretBinary,
      Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() }))),
      AddReplicaRegions: notEmulated,
      ForceOverwriteReplicaSecret: notEmulated,
      Type: notEmulated,
    }),
    (input, { caller }) => {
      const versionId = requireToken(input.ClientRequestToken);
      requireValidName(input.Name);
      const value = readValue(input);
      const existing = store.all().find(({ name }) => name === input.Name);
      if (existing?.deletionDate !== undefined) {
        throw new AwsError(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      if (existing !== undefined) {
        const present = existing.versions.get(versionId)?.value;
        if (present === undefined || value === undefined) throw alreadyExists(input.Name);
        if (!sameValue(present, value)) throw tokenInUse(existing, versionId);
        return { ARN: existing.arn, Name: existing.name, VersionId: versionId };
      }

      const arn = store.newArn(input.Name);
      if (input.KmsKeyId) validateKey(arn, input.KmsKeyId, caller);
      const secret = new Secret({
        arn,
        name: input.Name,
        createdAt: clock.now(),
        tags: input.Tags ?? [],
        description: input.Description || undefined,
        kmsKeyId: input.KmsKeyId || undefined,
      });
      store.add(secret);
      try {
        if (value !== undefined) {
          writer.write(secret, { versionId, value, stages: [AWSCURRENT], writtenByRotation: false, caller });
        }
      } catch (error) {
        store.remove(secret);
        throw error;
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(value === undefined ? {} : { VersionId: versionId }),
      };
    },
    input => createAccess(store, input),
  );

  const DescribeSecret = operation(
    v.object({ SecretId: members.secretId }),
    input => {
      const secret = store.readable.get(input.SecretId);
      return { ...secretMembers(secret), ...labelledVersions(secret, 'VersionIdsToStages') };
    },
    input => access('DescribeSecret', input.SecretId),
  );

  const UpdateSecret = operation(
    v.object({
      SecretId: members.secretId,
      ClientRequestToken: members.clientRequestToken,
      Description: members.description,
      KmsKeyId: members.kmsKeyId,
      SecretString: members.secretString,
      SecretBinary: members.secretBinary,
      Type: notEmulated,
    }),
    (input, { caller }) => {
      const versionId = requireToken(input.ClientRequestToken);
      const secret = store.usable(input.SecretId);
      const value = readValue(input);
      if (value !== undefined && secret.versions.has(versionId)) throw tokenInUse(secret, versionId);
      if (input.KmsKeyId) {
        validateKey(secret.arn, input.KmsKeyId, caller);
        store.update(secret, { kmsKeyId: input.KmsKeyId });
      }
      if (value !== undefined) {
        writer.write(secret, { versionId, value, stages: [AWSCURRENT], writtenByRotation: false, caller });
      }
      store.update(secret, {
        lastChangedAt: clock.now(),
        ...(input.Description === undefined ? {} : { description: input.Description }),
      });
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(value === undefined ? {} : { VersionId: versionId }),
      };
    },
    input => access('UpdateSecret', input.SecretId, keyContext(input.KmsKeyId)),
  );

  return { CreateSecret, DescribeSecret, UpdateSecret };
}

/** Creating a secret with tags also requires permission to tag it. */
function createAccess(
  store: SecretStore,
  input: {
    readonly Name: string;
    readonly KmsKeyId?: string | undefined;
    readonly Tags?: readonly Tag[] | undefined;
  },
): AccessRequest[] {
  const { Name, KmsKeyId, Tags = [] } = input;
  const resource = store.partialArn(Name);
  const context = {
    'secretsmanager:Name': Name,
    ...keyContext(KmsKeyId),
    ...(Tags.length > 0 && { 'aws:TagKeys': Tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  };
  return [
    { action: 'secretsmanager:CreateSecret', resource, context },
    ...(Tags.length > 0 ? [{ action: 'secretsmanager:TagResource', resource }] : []),
  ];
}

function keyContext(kmsKeyId: string | undefined): Record<string, string> {
  return kmsKeyId === undefined ? {} : { 'secretsmanager:KmsKeyId': kmsKeyId };
}

function alreadyExists(name: string): AwsError {
  return new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${name} already exists.`,
  );
}
