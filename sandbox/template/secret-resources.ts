import * as v from 'valibot';
import { booleanProperty, documentProperty, numberProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** A secret that the stack creates. */
export interface TemplateSecret {
  readonly logicalId: string;
  readonly name: string;
  /** With the six final characters, which the stack's policies also contain. */
  readonly arn: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  /** The initial value; without one, and if none is generated, the secret starts empty. */
  readonly secretString?: string | undefined;
  /** Whether Secrets Manager generates the initial value. */
  readonly generated: boolean;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
}

/** The rotation of a secret in or outside the stack. */
export interface TemplateRotationSchedule {
  readonly logicalId: string;
  /** Name or ARN. */
  readonly secretId: string;
  readonly rotationLambdaArn: string;
  /** In the format of RotateSecret. */
  readonly rules: {
    readonly ScheduleExpression?: string | undefined;
    readonly Duration?: string | undefined;
    readonly AutomaticallyAfterDays?: number | undefined;
  };
  readonly rotateImmediatelyOnUpdate: boolean;
}

const secretProperties = v.object({
  Description: v.optional(v.string()),
  KmsKeyId: v.optional(v.string()),
  SecretString: v.optional(v.string()),
  GenerateSecretString: v.optional(documentProperty),
  Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() }))),
});
const scheduleProperties = v.object({
  SecretId: v.string(),
  RotationLambdaARN: v.optional(v.string()),
  RotationRules: v.optional(
    v.object({
      ScheduleExpression: v.optional(v.string()),
      Duration: v.optional(v.string()),
      AutomaticallyAfterDays: v.optional(numberProperty),
    }),
    {},
  ),
  RotateImmediatelyOnUpdate: v.optional(booleanProperty, true),
});

/** The secrets that the stack creates. */
export function secrets(resolver: TemplateResolver): TemplateSecret[] {
  return resolver.resources('AWS::SecretsManager::Secret').map(resource => {
    const properties = parseProperties(resource, secretProperties);
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId),
      description: properties.Description,
      kmsKeyId: properties.KmsKeyId,
      secretString: properties.SecretString,
      generated: properties.GenerateSecretString !== undefined,
      ...(properties.Tags !== undefined && { tags: properties.Tags }),
    };
  });
}

/**
 * The rotations that the stack configures.
 *
 * @throws UnresolvableTemplate also for a hosted rotation
 */
export function rotationSchedules(resolver: TemplateResolver): TemplateRotationSchedule[] {
  return resolver.resources('AWS::SecretsManager::RotationSchedule').map(resource => {
    const properties = parseProperties(resource, scheduleProperties);
    if (properties.RotationLambdaARN === undefined) {
      throw new UnresolvableTemplate(
        resource.logicalId,
        'RotationLambdaARN',
        'missing; hosted rotation is not emulated.',
      );
    }
    return {
      logicalId: resource.logicalId,
      secretId: properties.SecretId,
      rotationLambdaArn: properties.RotationLambdaARN,
      rules: properties.RotationRules,
      rotateImmediatelyOnUpdate: properties.RotateImmediatelyOnUpdate,
    };
  });
}
