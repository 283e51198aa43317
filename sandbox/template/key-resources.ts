import * as v from 'valibot';
import type { JsonObject } from '../json.ts';
import { booleanProperty, documentProperty, parseProperties } from './resource-properties.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** A KMS key of the stack. */
export interface TemplateKey {
  readonly logicalId: string;
  readonly keyId: string;
  readonly arn: string;
  /** With their prefix `alias/`. */
  readonly aliases: readonly string[];
  readonly description?: string | undefined;
  readonly enableKeyRotation: boolean;
  /** Absent: the default policy of KMS, which delegates to IAM. */
  readonly policy?: JsonObject | undefined;
}

const keyProperties = v.object({
  Description: v.optional(v.string()),
  EnableKeyRotation: v.optional(booleanProperty, false),
  KeyPolicy: v.optional(documentProperty),
});
const aliasProperties = v.object({ AliasName: v.string(), TargetKeyId: v.string() });

/** The stack's keys with their aliases. */
export function keys(resolver: TemplateResolver): TemplateKey[] {
  const aliases = resolver
    .resources('AWS::KMS::Alias')
    .map(resource => parseProperties(resource, aliasProperties));
  return resolver.resources('AWS::KMS::Key').map(resource => {
    const properties = parseProperties(resource, keyProperties);
    const keyId = resolver.attribute(resource.logicalId);
    const arn = resolver.attribute(resource.logicalId, 'Arn');
    return {
      logicalId: resource.logicalId,
      keyId,
      arn,
      aliases: aliases
        .filter(alias => alias.TargetKeyId === keyId || alias.TargetKeyId === arn)
        .map(alias => alias.AliasName),
      description: properties.Description,
      enableKeyRotation: properties.EnableKeyRotation,
      policy: properties.KeyPolicy,
    };
  });
}
