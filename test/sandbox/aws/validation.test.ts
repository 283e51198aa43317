import {
  array,
  type GenericSchema,
  literal,
  maxLength,
  maxValue,
  minLength,
  minValue,
  never,
  number,
  object,
  optional,
  picklist,
  pipe,
  regex,
  string,
} from 'valibot';
import { describe, expect, it } from 'vitest';
import { enumeration } from '../../../sandbox/aws/enumeration.ts';
import { validated } from '../../../sandbox/aws/validation.ts';

const cases: { schema: GenericSchema; value: unknown; constraint: string }[] = [
  {
    schema: pipe(string(), minLength(32)),
    value: 'SENTINEL',
    constraint: 'Member must have length greater than or equal to 32',
  },
  {
    schema: pipe(string(), maxLength(3)),
    value: 'SENTINEL',
    constraint: 'Member must have length less than or equal to 3',
  },
  {
    schema: pipe(number(), minValue(1)),
    value: 0,
    constraint: 'Member must have value greater than or equal to 1',
  },
  {
    schema: pipe(number(), maxValue(9)),
    value: 10,
    constraint: 'Member must have value less than or equal to 9',
  },
  {
    schema: pipe(string(), regex(/^[a-z]+$/)),
    value: 'SENTINEL',
    constraint: 'Member must satisfy regular expression pattern: /^[a-z]+$/',
  },
  {
    schema: picklist(['AES_256', 'AES_128']),
    value: 'SENTINEL',
    constraint: 'Member must satisfy enum value set: [AES_256, AES_128]',
  },
  {
    schema: literal('AES_256'),
    value: 'SENTINEL',
    constraint: 'Member must satisfy enum value set: [AES_256]',
  },
  {
    schema: enumeration(['name'], ['owning-service']),
    value: 'owning-service',
    constraint: 'Member has a value that the sandbox does not emulate',
  },
  {
    schema: enumeration(['name'], ['owning-service']),
    value: 'SENTINEL',
    constraint: 'Member must satisfy enum value set: [name, owning-service]',
  },
  { schema: optional(never()), value: 'SENTINEL', constraint: 'Member is not emulated by the sandbox' },
  { schema: number(), value: 'SENTINEL', constraint: 'Member must be number' },
  { schema: string(), value: undefined, constraint: 'Member must not be null' },
];

describe('validated', () => {
  it.each(cases)('reports "$constraint" without the value', ({ schema, value, constraint }) => {
    const validate = () => validated(object({ SecretId: schema }), { SecretId: value });

    expect(validate).toThrow(
      expect.objectContaining({
        type: 'ValidationException',
        message: `1 validation error detected: Value at 'secretId' failed to satisfy constraint: ${constraint}`,
      }),
    );
  });

  it('names nested members, and numbers list items from 1', () => {
    const schema = object({ Filters: array(object({ Key: string() })) });

    const validate = () => validated(schema, { Filters: [{ Key: 'name' }, {}] });

    expect(validate).toThrow(
      expect.objectContaining({
        message:
          "1 validation error detected: Value at 'filters.2.member.key' failed to satisfy constraint: Member must not be null",
      }),
    );
  });

  it('returns the output of the schema', () => {
    const schema = object({ EncryptionContext: optional(object({}), {}) });

    const input = validated(schema, { Unknown: true });

    expect(input).toEqual({ EncryptionContext: {} });
  });
});
