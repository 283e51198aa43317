import { epochSeconds } from '../aws/json-protocol.ts';
import type { RotationStatus } from './rotation.ts';
import type { RotationRulesInput } from './rotation-rules.ts';
import type { Secret, SecretState, Tag } from './secret.ts';

/** Everything about a secret except its values, for other parts of the sandbox. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly kmsKeyId?: string;
  readonly tags: readonly Tag[];
  /** Set while the secret is scheduled for deletion. */
  readonly deletionDate?: Date;
  /** Absent if rotation was never configured. */
  readonly rotation?: {
    readonly functionArn: string;
    readonly enabled: boolean;
    readonly rules?: RotationRulesInput;
    readonly lastRotatedAt?: Date;
    readonly nextRotationDate?: Date;
    /** The rotation that has started and neither succeeded nor been abandoned. */
    readonly unfinished?: RotationStatus;
  };
  /** In order of creation. */
  readonly versions: readonly {
    readonly id: string;
    /** In alphabetical order; none for a deprecated version. */
    readonly labels: readonly string[];
    readonly hasValue: boolean;
    readonly createdAt: Date;
  }[];
}

/** Describes a secret without its values. */
export function describeSecret(secret: Secret, unfinished: RotationStatus | undefined): SecretDescription {
  const { rotation } = secret;
  return {
    arn: secret.arn,
    name: secret.name,
    kmsKeyId: secret.kmsKeyId,
    tags: secret.tags,
    deletionDate: secret.deletionDate,
    rotation: rotation && {
      functionArn: rotation.functionArn,
      enabled: rotation.enabled,
      rules: rotation.rules?.input,
      lastRotatedAt: secret.lastRotatedAt,
      nextRotationDate: secret.nextRotationDate,
      unfinished,
    },
    versions: [...secret.versions.values()].map(({ id, value, createdAt }) => ({
      id,
      labels: secret.labels.of(id),
      hasValue: value !== undefined,
      createdAt,
    })),
  };
}

/**
 * The members that DescribeSecret and the entries of ListSecrets share. Members that were never set are absent; without
 * rotation, so are the rotation dates.
 *
 * Source: AWS Secrets Manager API Reference, DescribeSecret.
 */
export function secretMembers(secret: SecretState): object {
  const { rotation } = secret;
  const dates = {
    ...(rotation?.enabled === true
      ? { LastRotatedDate: secret.lastRotatedAt, NextRotationDate: secret.nextRotationDate }
      : {}),
    LastChangedDate: secret.lastChangedAt,
    LastAccessedDate: secret.lastAccessedOn,
    DeletedDate: secret.deletionDate,
    CreatedDate: secret.createdAt,
  };
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    ...(rotation === undefined
      ? {}
      : { RotationEnabled: rotation.enabled, RotationLambdaARN: rotation.functionArn }),
    ...(rotation?.rules === undefined
      ? {}
      : {
          RotationRules:
            secret.lastRotatedAt === undefined
              ? rotation.rules.input
              : rotation.rules.described(secret.lastRotatedAt),
        }),
    ...(secret.tags.length === 0 ? {} : { Tags: secret.tags }),
    ...Object.fromEntries(
      Object.entries(dates).flatMap(([key, at]) => (at === undefined ? [] : [[key, epochSeconds(at)]])),
    ),
  };
}

/** The member with the labelled versions and their labels; empty if there are none. */
export function labelledVersions(
  secret: SecretState,
  member: 'VersionIdsToStages' | 'SecretVersionsToStages',
): object {
  const labelled = [...secret.versions.keys()]
    .map(id => [id, secret.labels.of(id)] as const)
    .filter(([, labels]) => labels.length > 0);
  return labelled.length === 0 ? {} : { [member]: Object.fromEntries(labelled) };
}
