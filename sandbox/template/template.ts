import * as v from 'valibot';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** The sections of a CloudFormation template that are evaluated (AWS CloudFormation User Guide, "Template anatomy"). */
export interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Type: string; readonly Default?: Json | undefined }>
  >;
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Condition?: string | undefined; readonly Properties: JsonObject }
    >
  >;
  readonly Outputs: Readonly<
    Record<string, { readonly Value: Json; readonly Condition?: string | undefined }>
  >;
}

const json = v.custom<Json>(value => value !== undefined, 'Expected a JSON value.');
const jsonObject = v.custom<JsonObject>(isJsonObject, 'Expected a JSON object.');
const optionalCondition = v.optional(v.string());

/** Takes the sections out of a template that is read as JSON; a missing one is empty. */
export const templateSchema: v.GenericSchema<unknown, Template> = v.object({
  Parameters: v.optional(v.record(v.string(), v.object({ Type: v.string(), Default: v.optional(json) })), {}),
  Resources: v.record(
    v.string(),
    v.object({
      Type: v.string(),
      Condition: optionalCondition,
      Properties: v.optional(jsonObject, {}),
    }),
  ),
  Outputs: v.optional(v.record(v.string(), v.object({ Value: json, Condition: optionalCondition })), {}),
});

/** Part of a template has no value here: it is not emulated, or it is wrong. */
export class UnresolvableTemplate extends Error {
  override readonly name = 'UnresolvableTemplate';
  /** Where in the template: a resource's logical id, or `Outputs.<name>`. */
  readonly logicalId: string;
  /** The intrinsic function, pseudo parameter or property at fault. */
  readonly intrinsic: string;

  constructor(logicalId: string, intrinsic: string, reason: string) {
    super(`${logicalId}: ${intrinsic}: ${reason}`);
    this.logicalId = logicalId;
    this.intrinsic = intrinsic;
  }
}
