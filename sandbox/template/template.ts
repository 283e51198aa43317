import * as v from 'valibot';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** A parameter and its constraints. */
export interface Parameter {
  readonly Type: string;
  readonly Default?: Json | undefined;
  readonly AllowedValues?: readonly Json[] | undefined;
  /** A regular expression for the whole value. */
  readonly AllowedPattern?: string | undefined;
}

/** A rule that validates parameters. */
interface Rule {
  readonly Assertions: readonly { readonly Assert: Json; readonly AssertDescription?: string | undefined }[];
}

/** The sections of a CloudFormation template that are evaluated (AWS CloudFormation User Guide, "Template anatomy"). */
export interface Template {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  /** Values by the mapping's name, a first and a second key. */
  readonly Mappings: JsonObject;
  readonly Conditions: JsonObject;
  readonly Rules: Readonly<Record<string, Rule>>;
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

const parameter = v.object({
  Type: v.string(),
  Default: v.optional(json),
  AllowedValues: v.optional(v.array(json)),
  AllowedPattern: v.optional(v.string()),
  // Other constraints are not emulated.
  MinLength: v.optional(v.never()),
  MaxLength: v.optional(v.never()),
  MinValue: v.optional(v.never()),
  MaxValue: v.optional(v.never()),
});
const rule = v.object({
  // Conditional rules are not emulated.
  RuleCondition: v.optional(v.never()),
  Assertions: v.array(v.object({ Assert: json, AssertDescription: v.optional(v.string()) })),
});

/** Reads the sections of a parsed template; a missing one is empty. */
export const templateSchema: v.GenericSchema<unknown, Template> = v.object({
  Parameters: v.optional(v.record(v.string(), parameter), {}),
  Mappings: v.optional(jsonObject, {}),
  Conditions: v.optional(jsonObject, {}),
  Rules: v.optional(v.record(v.string(), rule), {}),
  // Transforms are not emulated.
  Transform: v.optional(v.never()),
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

/** Part of a template cannot be resolved: it is not emulated or invalid. */
export class UnresolvableTemplate extends Error {
  override readonly name = 'UnresolvableTemplate';
  /** The place in the template: a resource's logical id, or `Outputs.<name>`. */
  readonly logicalId: string;
  /** The intrinsic function, pseudo parameter or property. */
  readonly intrinsic: string;

  constructor(logicalId: string, intrinsic: string, reason: string) {
    super(`${logicalId}: ${intrinsic}: ${reason}`);
    this.logicalId = logicalId;
    this.intrinsic = intrinsic;
  }
}
