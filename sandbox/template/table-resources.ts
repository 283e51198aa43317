import * as v from 'valibot';
import type { TableSpecification } from '../dynamodb/table.ts';
import { booleanProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource, TemplateResolver } from './template-resolver.ts';

/** A DynamoDB table of the stack. Its keys are strings. */
export interface TemplateTable extends TableSpecification {
  readonly logicalId: string;
}

/** Properties that would change the table's responses. */
const NOT_EMULATED = [
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'StreamSpecification',
  'ImportSourceSpecification',
  'ResourcePolicy',
];

const tableProperties = v.object({
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
  KeySchema: v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) })),
  SSESpecification: v.optional(v.object({ KMSMasterKeyId: v.optional(v.string()) })),
  TimeToLiveSpecification: v.optional(
    v.object({ AttributeName: v.optional(v.string()), Enabled: booleanProperty }),
  ),
});

/**
 * The stack's tables.
 *
 * @throws UnresolvableTemplate also for keys that are not strings, indexes, streams, resource policies and customer
 *   managed keys
 */
export function tables(resolver: TemplateResolver): TemplateTable[] {
  return resolver.resources('AWS::DynamoDB::Table').map(resource => {
    const properties = parseProperties(resource, tableProperties);
    const { AttributeDefinitions, KeySchema, SSESpecification, TimeToLiveSpecification } = properties;
    const unknown = NOT_EMULATED.find(property => Object.hasOwn(resource.properties, property));
    if (unknown !== undefined) throw notEmulated(resource, unknown);
    // The table's callers would need permissions for the key.
    if (SSESpecification?.KMSMasterKeyId !== undefined) {
      throw notEmulated(resource, 'SSESpecification.KMSMasterKeyId');
    }
    for (const { AttributeName } of KeySchema) {
      const type = AttributeDefinitions.find(each => each.AttributeName === AttributeName)?.AttributeType;
      if (type !== 'S') throw notEmulated(resource, `AttributeDefinitions.${type}`);
    }
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId, 'Arn'),
      partitionKey: KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
      sortKey: KeySchema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
      timeToLiveAttribute:
        TimeToLiveSpecification?.Enabled === true ? TimeToLiveSpecification.AttributeName : undefined,
    };
  });
}

function notEmulated({ logicalId }: ResolvedResource, property: string): UnresolvableTemplate {
  return new UnresolvableTemplate(logicalId, property, 'not emulated.');
}
