import * as v from 'valibot';
import type { TableSpecification } from '../dynamodb/table.ts';
import { booleanProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource, TemplateResolver } from './template-resolver.ts';

/** A DynamoDB table of the stack; its partition key is text. */
export interface TemplateTable extends TableSpecification {
  readonly logicalId: string;
}

/** What would change what the table answers. */
const NOT_EMULATED = [
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'StreamSpecification',
  'ImportSourceSpecification',
];

const tableProperties = v.object({
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
  KeySchema: v.array(v.object({ AttributeName: v.string(), KeyType: v.string() })),
  TimeToLiveSpecification: v.optional(
    v.object({ AttributeName: v.optional(v.string()), Enabled: booleanProperty }),
  ),
});

/**
 * The stack's tables.
 *
 * @throws UnresolvableTemplate also for a sort key, a partition key that is no text, indexes and streams
 */
export function tables(resolver: TemplateResolver): TemplateTable[] {
  return resolver.resources('AWS::DynamoDB::Table').map(resource => {
    const { AttributeDefinitions, KeySchema, TimeToLiveSpecification } = parseProperties(
      resource,
      tableProperties,
    );
    const unknown = NOT_EMULATED.find(property => Object.hasOwn(resource.properties, property));
    if (unknown !== undefined) throw notEmulated(resource, unknown);
    if (KeySchema.some(({ KeyType }) => KeyType !== 'HASH')) throw notEmulated(resource, 'KeySchema.RANGE');
    const partitionKey = KeySchema[0]?.AttributeName ?? '';
    const type = AttributeDefinitions.find(
      ({ AttributeName }) => AttributeName === partitionKey,
    )?.AttributeType;
    if (type !== 'S') throw notEmulated(resource, `AttributeDefinitions.${type}`);
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId, 'Arn'),
      partitionKey,
      timeToLiveAttribute:
        TimeToLiveSpecification?.Enabled === true ? TimeToLiveSpecification.AttributeName : undefined,
    };
  });
}

function notEmulated({ logicalId }: ResolvedResource, property: string): UnresolvableTemplate {
  return new UnresolvableTemplate(logicalId, property, 'not emulated.');
}
