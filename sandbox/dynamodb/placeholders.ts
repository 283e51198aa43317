import { type AttributeValue, readValue, type UncheckedItem } from './attribute-value.ts';
import { validationError } from './validation-error.ts';

/** The members of a request that define placeholders. */
export interface PlaceholderMembers {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: UncheckedItem | undefined;
}

/**
 * The attribute names and values that a request defines for `#names` and `:values` in its expressions.
 *
 * Source: Amazon DynamoDB Developer Guide, "Expression attribute names (aliases) in DynamoDB" and "Using expression
 * attribute values in DynamoDB". The error messages are those that the tests of dynalite and ExtendDB expect from AWS.
 */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #used = new Set<string>();

  /** @throws AwsError ValidationException when a placeholder or its content is invalid */
  constructor({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }: PlaceholderMembers) {
    requireKeys(names, 'ExpressionAttributeNames', /^#[A-Za-z0-9_]+$/);
    requireKeys(values, 'ExpressionAttributeValues', /^:[A-Za-z0-9_]+$/);
    this.#names = new Map(Object.entries(names ?? {}));
    for (const [key, name] of this.#names) {
      if (name !== '') continue;
      throw validationError(
        `ExpressionAttributeNames contains invalid value: Empty attribute name for key ${key}`,
      );
    }
    this.#values = new Map(
      Object.entries(values ?? {}).map(([key, value]) => [
        key,
        readValue(value, `expressionAttributeValues.${key}`, reason =>
          validationError(`ExpressionAttributeValues contains invalid value: ${reason} for key ${key}`),
        ),
      ]),
    );
  }

  /** The attribute name that a `#name` stands for; undefined when the request does not define it. */
  name(placeholder: string): string | undefined {
    this.#used.add(placeholder);
    return this.#names.get(placeholder);
  }

  /** The value that a `:value` stands for; undefined when the request does not define it. */
  value(placeholder: string): AttributeValue | undefined {
    this.#used.add(placeholder);
    return this.#values.get(placeholder);
  }

  /** @throws AwsError ValidationException when a placeholder is not used in any expression */
  requireAllUsed(): void {
    this.#requireUsed('ExpressionAttributeNames', this.#names);
    this.#requireUsed('ExpressionAttributeValues', this.#values);
  }

  #requireUsed(member: string, entries: ReadonlyMap<string, unknown>): void {
    const unused = [...entries.keys()].filter(key => !this.#used.has(key));
    if (unused.length === 0) return;
    throw validationError(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
  }
}

function requireKeys(entries: object | undefined, member: string, pattern: RegExp): void {
  if (entries === undefined) return;
  const keys = Object.keys(entries);
  if (keys.length === 0) throw validationError(`${member} must not be empty`);
  const wrong = keys.find(key => !pattern.test(key));
  if (wrong === undefined) return;
  throw validationError(`${member} contains invalid key: Syntax error; key: "${wrong}"`);
}
