import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { UnresolvableTemplate } from './template.ts';

/** The targets of intrinsic functions. */
interface Scope {
  readonly ref: (name: string, where: string) => Json | undefined;
  readonly attribute: (logicalId: string, attribute: string, where: string) => string;
  readonly mapped: (mapping: string, keys: readonly [string, string]) => Json | undefined;
  readonly condition: (name: string, where: string) => boolean;
}

/** Evaluates intrinsic functions (AWS CloudFormation Template Reference, "Intrinsic functions"). */
export class Intrinsics {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * Evaluates a value and everything inside it. Undefined for `AWS::NoValue`: omits properties and list items with it.
   *
   * @param where the part of the template, for the error message
   * @throws UnresolvableTemplate
   */
  resolve(value: Json, where: string): Json | undefined {
    if (typeof value === 'string' && value.includes('{{resolve:')) {
      throw new UnresolvableTemplate(where, '{{resolve:…}}', 'dynamic references are not emulated.');
    }
    if (Array.isArray(value)) {
      return (value as readonly Json[]).flatMap(item => {
        const resolved = this.resolve(item, where);
        return resolved === undefined ? [] : [resolved];
      });
    }
    if (!isJsonObject(value)) return value;
    const [[intrinsic, operand] = ['', null], ...others] = Object.entries(value);
    // In a policy statement, `Condition` is an object.
    const isFunction =
      intrinsic === 'Ref' ||
      intrinsic.startsWith('Fn::') ||
      (intrinsic === 'Condition' && typeof operand === 'string');
    if (others.length > 0 || !isFunction) {
      return this.object(value, where);
    }
    return this.#intrinsic(intrinsic, operand, where);
  }

  /** Evaluates each member of an object. */
  object(value: JsonObject, where: string): JsonObject {
    const resolved: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value)) {
      const resolvedMember = this.resolve(member, where);
      if (resolvedMember !== undefined) resolved[key] = resolvedMember;
    }
    return resolved;
  }

  #intrinsic(intrinsic: string, operand: Json, where: string): Json | undefined {
    const list = Array.isArray(operand) ? (operand as readonly Json[]) : [];
    const [first = null, second = null, third = null] = list;
    switch (intrinsic) {
      case 'Ref':
        return this.#scope.ref(String(operand), where);
      case 'Fn::GetAtt':
        return this.#getAtt(operand, where);
      case 'Fn::Join':
        return this.#list(second, where, intrinsic)
          .map(item => this.string(item, where, intrinsic))
          .join(this.string(first, where, intrinsic));
      case 'Fn::Split':
        return this.string(second, where, intrinsic).split(this.string(first, where, intrinsic));
      case 'Fn::Select': {
        const chosen = this.#list(second, where, intrinsic)[Number(this.resolve(first, where))];
        if (chosen === undefined) throw new UnresolvableTemplate(where, intrinsic, 'there is no such item.');
        return chosen;
      }
      case 'Fn::Sub':
        return Array.isArray(operand)
          ? this.#sub(String(first), isJsonObject(second) ? second : {}, where)
          : this.#sub(String(operand), {}, where);
      case 'Fn::FindInMap': {
        const [mapping = '', ...keys] = list.map(item => this.string(item, where, intrinsic));
        const found =
          keys.length === 2 ? this.#scope.mapped(mapping, [keys[0] ?? '', keys[1] ?? '']) : undefined;
        if (found === undefined) throw new UnresolvableTemplate(where, intrinsic, 'there is no such value.');
        return found;
      }
      case 'Fn::If':
        return this.resolve(this.#scope.condition(String(first), where) ? second : third, where);
      case 'Condition':
        return this.#scope.condition(String(operand), where);
      case 'Fn::Equals':
        return this.string(first, where, intrinsic) === this.string(second, where, intrinsic);
      case 'Fn::Contains':
        return this.#list(first, where, intrinsic).includes(this.string(second, where, intrinsic));
      case 'Fn::Not':
        return !this.condition(first, where);
      case 'Fn::And':
        return list.every(item => this.condition(item, where));
      case 'Fn::Or':
        return list.some(item => this.condition(item, where));
      default:
        throw new UnresolvableTemplate(where, intrinsic, 'not emulated.');
    }
  }

  /** Evaluates a boolean. */
  condition(value: Json, where: string): boolean {
    const resolved = this.resolve(value, where);
    if (typeof resolved === 'boolean') return resolved;
    throw new UnresolvableTemplate(where, 'Condition', 'expected a boolean.');
  }

  #getAtt(operand: Json, where: string): string {
    const parts = typeof operand === 'string' ? [operand] : this.#list(operand, where, 'Fn::GetAtt');
    const [logicalId = '', ...attribute] = parts.join('.').split('.');
    return this.#scope.attribute(logicalId, attribute.join('.'), where);
  }

  #sub(text: string, variables: JsonObject, where: string): string {
    return text.replace(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, variable: string) => {
      if (literal) return `\${${variable}}`;
      const own = variables[variable];
      if (own !== undefined) return this.string(own, where, 'Fn::Sub');
      const reference: Json = variable.includes('.') ? { 'Fn::GetAtt': variable } : { Ref: variable };
      return this.string(reference, where, 'Fn::Sub');
    });
  }

  #list(value: Json, where: string, intrinsic: string): readonly Json[] {
    const resolved = this.resolve(value, where);
    if (!Array.isArray(resolved)) throw new UnresolvableTemplate(where, intrinsic, 'expected a list.');
    return resolved as readonly Json[];
  }

  /** Evaluates a string; converts numbers and booleans. */
  string(value: Json, where: string, intrinsic: string): string {
    const resolved = this.resolve(value, where);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new UnresolvableTemplate(where, intrinsic, 'expected a string.');
  }
}
