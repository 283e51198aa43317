import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { epochSeconds } from '../aws/json-protocol.ts';
import { type AwsOperation, operation } from '../aws/service.ts';
import type { CheckKeyUse } from '../kms/key-use.ts';
import { requireKey } from './key-access.ts';
import { members, page, readValue, requireToken } from './request-rules.ts';
import type { RotationTokens } from './rotation-tokens.ts';
import type { SecretState, SecretVersion } from './secret.ts';
import type { SecretAccess } from './secret-access.ts';
import type { SecretStore } from './secret-store.ts';
import { AWSCURRENT } from './staging-labels.ts';
import { moveStage } from './version-stage.ts';
import type { VersionWriter } from './version-writer.ts';

/**
 * The operations on a secret's versions.
 *
 * Source: AWS Secrets Manager API Reference, the operation of each name.
 */
export function versionOperations(parts: {
  readonly store: SecretStore;
  readonly writer: VersionWriter;
  readonly tokens: RotationTokens;
  readonly checkKeyUse: CheckKeyUse;
  readonly access: SecretAccess;
}): Readonly<Record<string, AwsOperation>> {
  const { store, writer, tokens, checkKeyUse, access } = parts;

  const PutSecretValue = operation(
    v.object({
      SecretId: members.secretId,
      ClientRequestToken: members.clientRequestToken,
      SecretString: members.secretString,
      SecretBinary: members.secretBinary,
      VersionStages: v.optional(v.pipe(v.array(members.versionStage), v.minLength(1), v.maxLength(20))),
      RotationToken: members.rotationToken,
    }),
    (input, { caller }) => {
      const versionId = requireToken(input.ClientRequestToken);
      const secret = store.usable(input.SecretId);
      const value = readValue(input);
      if (value === undefined) {
        throw new AwsError(
          'InvalidRequestException',
          'You must provide either SecretString or SecretBinary.',
        );
      }
      const writtenByRotation = tokens.isWrittenByRotation(secret, caller, input.RotationToken);
      const write = {
        versionId,
        value,
        stages: input.VersionStages ?? [AWSCURRENT],
        writtenByRotation,
        caller,
      };
      if (!writer.alreadyHasValue(secret, write)) writer.write(secret, write);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: versionId,
        VersionStages: secret.labels.of(versionId),
      };
    },
    input => access('PutSecretValue', input.SecretId),
  );

  const GetSecretValue = operation(
    v.object({
      SecretId: members.secretId,
      VersionId: members.versionId,
      VersionStage: v.optional(members.versionStage),
    }),
    (input, { caller }) => {
      const secret = store.readable.usable(input.SecretId);
      const version = requestedVersion(secret, input.VersionId, input.VersionStage);
      requireKey(checkKeyUse, secret, version.id, caller, ['kms:Decrypt']);
      store.recordAccess(secret.arn, version.id);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        ...version.value,
        VersionStages: secret.labels.of(version.id),
        CreatedDate: epochSeconds(version.createdAt),
      };
    },
    input =>
      access('GetSecretValue', input.SecretId, {
        ...(input.VersionId !== undefined && { 'secretsmanager:VersionId': input.VersionId }),
        ...(input.VersionStage !== undefined && { 'secretsmanager:VersionStage': input.VersionStage }),
      }),
  );

  const UpdateSecretVersionStage = operation(
    v.object({
      SecretId: members.secretId,
      VersionStage: members.versionStage,
      MoveToVersionId: members.versionId,
      RemoveFromVersionId: members.versionId,
    }),
    input => {
      const secret = store.usable(input.SecretId);
      moveStage(store, secret, input.VersionStage, {
        from: input.RemoveFromVersionId,
        to: input.MoveToVersionId,
      });
      return { ARN: secret.arn, Name: secret.name };
    },
    input =>
      access('UpdateSecretVersionStage', input.SecretId, {
        'secretsmanager:VersionStage': input.VersionStage,
      }),
  );

  const ListSecretVersionIds = operation(
    v.object({
      SecretId: members.secretId,
      IncludeDeprecated: v.optional(v.boolean()),
      MaxResults: members.maxResults,
      NextToken: members.nextToken,
    }),
    input => {
      const secret = store.readable.get(input.SecretId);
      const versions = [...secret.versions.values()].filter(
        ({ id }) => input.IncludeDeprecated === true || secret.labels.of(id).length > 0,
      );
      const { items, ...next } = page(versions, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: items.map(version => versionEntry(secret, version)),
        ...next,
      };
    },
    input => access('ListSecretVersionIds', input.SecretId),
  );

  return { PutSecretValue, GetSecretValue, UpdateSecretVersionStage, ListSecretVersionIds };
}

/**
 * Fails with ResourceNotFoundException for an unknown version, an unknown label and a version without a value.
 *
 * Source: AWS Secrets Manager API Reference, GetSecretValue.
 */
function requestedVersion(
  secret: SecretState,
  versionId: string | undefined,
  stage: string | undefined,
): Readonly<SecretVersion> {
  const label = stage ?? (versionId === undefined ? AWSCURRENT : undefined);
  const requestedId = versionId ?? (label === undefined ? undefined : secret.labels.holder(label));
  const version = requestedId === undefined ? undefined : secret.versions.get(requestedId);
  if (version !== undefined && label !== undefined && secret.labels.holder(label) !== version.id) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  if (version?.value !== undefined) return version;
  const unknownId = versionId !== undefined && version === undefined;
  throw new AwsError(
    'ResourceNotFoundException',
    label === undefined || unknownId
      ? `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`
      : `Secrets Manager can't find the specified secret value for staging label: ${label}`,
  );
}

function versionEntry(secret: SecretState, version: Readonly<SecretVersion>): object {
  const stages = secret.labels.of(version.id);
  return {
    VersionId: version.id,
    ...(stages.length > 0 ? { VersionStages: stages } : {}),
    ...(version.lastAccessedOn ? { LastAccessedDate: epochSeconds(version.lastAccessedOn) } : {}),
    CreatedDate: epochSeconds(version.createdAt),
    KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
  };
}
