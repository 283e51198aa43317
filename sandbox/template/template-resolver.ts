import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { Intrinsics } from './intrinsics.ts';
import { parameterValue, pseudoParameter } from './parameters.ts';
import { type NamedResource, RESOURCE_KINDS, type StackEnvironment, stableId } from './resource-kinds.ts';
import { type Template, UnresolvableTemplate } from './template.ts';

/** A resource whose intrinsic functions are evaluated. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined for a type that cannot be referenced. */
  readonly name: string | undefined;
  readonly properties: JsonObject;
}

/**
 * Resolves a template's values as CloudFormation does (AWS CloudFormation Template Reference, "Intrinsic functions").
 * Names and ids that CloudFormation would generate are derived from the logical ids, so that they are stable.
 */
export class TemplateResolver {
  readonly #template: Template;
  readonly #environment: StackEnvironment;
  readonly #intrinsics: Intrinsics;
  readonly #naming = new Set<string>();
  readonly #parameters: Readonly<Record<string, string>>;

  /**
   * @param parameters values of the template's parameters that differ from their defaults
   * @throws UnresolvableTemplate a parameter value is not allowed, or an assertion of a rule fails
   */
  constructor(
    template: Template,
    environment: StackEnvironment,
    parameters: Readonly<Record<string, string>> = {},
  ) {
    this.#template = template;
    this.#environment = environment;
    this.#parameters = parameters;
    this.#intrinsics = new Intrinsics({
      ref: (name, where) => this.#ref(name, where),
      attribute: (logicalId, attribute, where) => this.attribute(logicalId, attribute, where),
      mapped: (mapping, keys) =>
        [mapping, ...keys].reduce<Json | undefined>(
          (found, key) => (isJsonObject(found) ? found[key] : undefined),
          template.Mappings,
        ),
      condition: (name, where) => this.#isConditionTrue(name, where),
    });
    for (const name of Object.keys(parameters)) {
      if (template.Parameters[name] === undefined) {
        throw new UnresolvableTemplate('Parameters', name, 'there is no such parameter.');
      }
      this.#ref(name, 'Parameters');
    }
    for (const [name, { Assertions }] of Object.entries(template.Rules)) {
      for (const { Assert, AssertDescription = 'an assertion fails.' } of Assertions) {
        if (!this.#intrinsics.condition(Assert, `Rules.${name}`)) {
          throw new UnresolvableTemplate(`Rules.${name}`, 'Assert', AssertDescription);
        }
      }
    }
  }

  /**
   * The resources of a type.
   *
   * @throws UnresolvableTemplate a property cannot be resolved
   */
  resources(type: string): ResolvedResource[] {
    return this.#logicalIds(type).map(logicalId => ({
      logicalId,
      type,
      name: RESOURCE_KINDS[type] && this.#named(logicalId).name,
      properties: this.#intrinsics.object(this.#template.Resources[logicalId]?.Properties ?? {}, logicalId),
    }));
  }

  /**
   * `Fn::GetAtt`, or `Ref` without an attribute.
   *
   * @throws UnresolvableTemplate there is no such resource, or the attribute is not emulated for its type
   */
  attribute(logicalId: string, attribute?: string, where = logicalId): string {
    const intrinsic = attribute === undefined ? `Ref ${logicalId}` : `Fn::GetAtt ${logicalId}.${attribute}`;
    const resource = this.#template.Resources[logicalId];
    if (!resource || !this.#exists(resource.Condition, logicalId)) {
      throw new UnresolvableTemplate(where, intrinsic, 'there is no such resource.');
    }
    const kind = RESOURCE_KINDS[resource.Type];
    const value = attribute === undefined ? kind?.ref : kind?.attributes?.[attribute];
    if (!value) throw new UnresolvableTemplate(where, intrinsic, `not emulated for ${resource.Type}.`);
    return value(this.#named(logicalId));
  }

  /** @throws UnresolvableTemplate an output cannot be resolved */
  outputs(): Record<string, string> {
    const outputs: Record<string, string> = {};
    for (const [name, { Value, Condition }] of Object.entries(this.#template.Outputs)) {
      const where = `Outputs.${name}`;
      if (!this.#exists(Condition, where)) continue;
      outputs[name] = this.#intrinsics.string(Value, where, 'Value');
    }
    return outputs;
  }

  #logicalIds(type: string): string[] {
    return Object.entries(this.#template.Resources).flatMap(([logicalId, { Type, Condition }]) =>
      Type === type && this.#exists(Condition, logicalId) ? [logicalId] : [],
    );
  }

  #named(logicalId: string): NamedResource {
    const { Type: type = '', Properties: properties = {} } = this.#template.Resources[logicalId] ?? {};
    const kind = RESOURCE_KINDS[type];
    const property = (propertyName: string): Json | undefined =>
      this.#intrinsics.resolve(properties[propertyName] ?? null, logicalId) ?? undefined;

    if (this.#naming.has(logicalId)) {
      throw new UnresolvableTemplate(logicalId, 'Ref', 'its name depends on itself.');
    }
    this.#naming.add(logicalId);
    const given = kind?.nameProperty === undefined ? undefined : property(kind.nameProperty);
    this.#naming.delete(logicalId);
    return {
      environment: this.#environment,
      logicalId,
      name: given === undefined ? this.#generatedName(logicalId, kind?.maxNameLength ?? 255) : String(given),
      property,
      ordinal: propertyName => {
        const own = property(propertyName);
        const same = this.#logicalIds(type).filter(
          other => this.#named(other).property(propertyName) === own,
        );
        return same.indexOf(logicalId) + 1;
      },
    };
  }

  #generatedName(logicalId: string, maxLength: number): string {
    const { stackName } = this.#environment;
    const suffix = stableId(stackName, logicalId, 'name', 12).toUpperCase();
    const room = maxLength - suffix.length - 2;
    // Each part gets half of the space, plus what the other one does not use.
    const stackLength = Math.max(Math.floor(room / 2), room - logicalId.length);
    const shortStack = stackName.slice(0, stackLength);
    return `${shortStack}-${logicalId.slice(0, room - shortStack.length)}-${suffix}`;
  }

  #ref(name: string, where: string): Json | undefined {
    if (name === 'AWS::NoValue') return undefined;
    if (name.startsWith('AWS::')) return pseudoParameter(name, this.#environment, where);
    const parameter = this.#template.Parameters[name];
    if (parameter === undefined) return this.attribute(name, undefined, where);
    return parameterValue(parameter, name, { given: this.#parameters[name], where });
  }

  /** Whether a resource or output with this condition exists. */
  #exists(condition: string | undefined, where: string): boolean {
    return condition === undefined || this.#isConditionTrue(condition, where);
  }

  #isConditionTrue(condition: string, where: string): boolean {
    const expression = this.#template.Conditions[condition];
    if (expression === undefined) {
      throw new UnresolvableTemplate(where, `Condition ${condition}`, 'there is no such condition.');
    }
    return this.#intrinsics.condition(expression, where);
  }
}
