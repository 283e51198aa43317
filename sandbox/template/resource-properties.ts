import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../json.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource } from './template-resolver.ts';

/** A policy document or another object that is passed on as it is. */
export const documentProperty = v.custom<JsonObject>(isJsonObject, 'Expected a JSON object.');

/** A number; CloudFormation takes its text for one too. */
export const numberProperty = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number());

/** A boolean; CloudFormation takes its text for one too. */
export const booleanProperty = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])]),
  v.transform(value => value === true || value === 'true'),
);

/**
 * Takes the properties that the sandbox needs out of a resource.
 *
 * @throws UnresolvableTemplate a needed property is missing or of the wrong type; named by its path
 */
export function parseProperties<Schema extends v.GenericSchema>(
  resource: ResolvedResource,
  schema: Schema,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, resource.properties);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const property = v.getDotPath(issue) ?? 'Properties';
  // The issue's own message would quote the value.
  throw new UnresolvableTemplate(
    resource.logicalId,
    property,
    `missing or not a ${issue.expected ?? issue.kind}.`,
  );
}
