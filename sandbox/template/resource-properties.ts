import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../json.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource } from './template-resolver.ts';

/** A policy document or another opaque object. */
export const documentProperty = v.custom<JsonObject>(isJsonObject, 'Expected a JSON object.');

/** A number; CloudFormation also accepts it as a string. */
export const numberProperty = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number());

/** A boolean; CloudFormation also accepts it as a string. */
export const booleanProperty = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])]),
  v.transform(value => value === true || value === 'true'),
);

/**
 * Reads the properties of a resource that the sandbox uses.
 *
 * @throws UnresolvableTemplate a required property is missing or of the wrong type; the message names it
 */
export function parseProperties<Schema extends v.GenericSchema>(
  resource: ResolvedResource,
  schema: Schema,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, resource.properties);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const property = v.getDotPath(issue) ?? 'Properties';
  // The validator's message would quote the value.
  throw new UnresolvableTemplate(
    resource.logicalId,
    property,
    `missing or not a ${issue.expected ?? issue.kind}.`,
  );
}
