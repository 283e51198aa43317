import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attributes, invalid, KEY, openTables } from './table-world.ts';

const ITEM = {
  ...KEY,
  generation: { N: '2' },
  lineage: { S: 'b' },
  published: { BOOL: true },
  nothing: { NULL: true },
} satisfies Attributes;

/** Whether a condition is true for {@link ITEM}. */
async function holdsFor(
  ConditionExpression: string,
  ExpressionAttributeValues?: Attributes,
  ExpressionAttributeNames?: Record<string, string>,
): Promise<boolean> {
  const { put } = await openTables();
  await put({ Item: ITEM });
  try {
    await put({
      Item: ITEM,
      ConditionExpression,
      ...(ExpressionAttributeValues && { ExpressionAttributeValues }),
      ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
    });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    return false;
  }
}

describe('a ConditionExpression', () => {
  it.each<[string, Attributes, boolean]>([
    ['generation = :v', { ':v': { N: '2.0' } }, true],
    ['generation = :v', { ':v': { N: '3' } }, false],
    ['generation = :v', { ':v': { S: '2' } }, false],
    ['lineage = :v', { ':v': { S: 'b' } }, true],
    ['published = :v', { ':v': { BOOL: true } }, true],
    ['published = :v', { ':v': { BOOL: false } }, false],
    ['nothing = :v', { ':v': { NULL: true } }, true],
    ['gone = :v', { ':v': { NULL: true } }, false],
    ['generation <> :v', { ':v': { N: '2' } }, false],
    ['generation <> :v', { ':v': { N: '3' } }, true],
    ['generation <> :v', { ':v': { S: '2' } }, true],
    ['gone <> :v', { ':v': { N: '2' } }, true],
    ['generation < :v', { ':v': { N: '10' } }, true],
    ['generation < :v', { ':v': { N: '2' } }, false],
    ['generation < :v', { ':v': { S: '3' } }, false],
    ['gone < :v', { ':v': { N: '3' } }, false],
    [':v < gone', { ':v': { N: '3' } }, false],
    ['generation <= :v', { ':v': { N: '2' } }, true],
    ['generation <= :v', { ':v': { N: '-3' } }, false],
    ['generation > :v', { ':v': { N: '1.999' } }, true],
    ['generation > :v', { ':v': { N: '2' } }, false],
    ['generation >= :v', { ':v': { N: '2' } }, true],
    ['generation >= :v', { ':v': { N: '2.5' } }, false],
    ['gone >= :v', { ':v': { N: '2' } }, false],
    [':v > generation', { ':v': { N: '3' } }, true],
    ['lineage < :v', { ':v': { S: 'c' } }, true],
    ['lineage < :v', { ':v': { S: 'ab' } }, false],
    ['published < :v', { ':v': { N: '3' } }, false],
    ['nothing >= :v', { ':v': { S: '' } }, false],
    ['(generation) = (:v)', { ':v': { N: '2' } }, true],
  ])('compares: %s with %j is %j', async (condition, values, expected) => {
    expect(await holdsFor(condition, values)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['gone = absent', false],
    ['gone <> absent', true],
    ['gone < absent', false],
    ['attribute_exists(lineage)', true],
    ['attribute_exists(nothing)', true],
    ['attribute_exists(gone)', false],
    ['attribute_exists(toString)', false],
    ['attribute_not_exists(lineage)', false],
    ['attribute_not_exists (gone)', true],
    ['NOT attribute_exists(gone)', true],
    ['NOT NOT attribute_exists(gone)', false],
    ['attribute_exists(pk) AND attribute_exists(gone)', false],
    ['attribute_exists(pk) aNd attribute_exists(sk)', true],
    ['attribute_exists(gone) oR attribute_exists(sk)', true],
    ['attribute_exists(gone) OR attribute_exists(absent)', false],
    ['attribute_exists(pk) OR attribute_exists(sk) AND attribute_exists(gone)', true],
    ['(attribute_exists(pk) OR attribute_exists(sk)) AND attribute_exists(gone)', false],
    ['nOt attribute_exists(pk) AND attribute_exists(gone)', false],
    ['NOT (attribute_exists(pk) AND attribute_exists(gone))', true],
    ['((attribute_exists(pk)) AND attribute_exists(sk))', true],
    ['attribute_exists(gone) AND attribute_exists(pk) OR attribute_exists(sk)', true],
    [' \t\r\nattribute_exists(\npk )', true],
  ])('evaluates: %j is %j', async (condition, expected) => {
    expect(await holdsFor(condition)).toBe(expected);
  });

  it('compares strings by their UTF-8 bytes', async () => {
    // U+FF61 comes before U+1F600 in UTF-8, and after it in UTF-16.
    expect(await holdsFor(':low < :high', { ':low': { S: '\uFF61' }, ':high': { S: '\u{1F600}' } })).toBe(
      true,
    );
  });

  it('accepts a reserved word or any other attribute name through a #name', async () => {
    const { update } = await openTables();
    await update({
      UpdateExpression: 'SET #status = :issued, #odd = :issued',
      ExpressionAttributeNames: { '#status': 'status', '#odd': '3 any.name#' },
      ExpressionAttributeValues: { ':issued': { S: 'issued' } },
    });

    const again = update({
      ConditionExpression: '#status = #odd',
      ExpressionAttributeNames: { '#status': 'status', '#odd': '3 any.name#' },
    });

    await expect(again).resolves.toBeDefined();
  });

  it.each<[string, string]>([
    ['', 'The expression can not be empty;'],
    ['lineage', 'Syntax error; token: "<EOF>", near: "lineage"'],
    ['(lineage)', 'Syntax error; token: "<EOF>", near: ")"'],
    ['NOT lineage', 'Syntax error; token: "<EOF>", near: "lineage"'],
    ['lineage AND published', 'Syntax error; token: "AND", near: "lineage AND published"'],
    ['attribute_not_exists(', 'Syntax error; token: "<EOF>", near: "("'],
    ['lineage != published', 'Syntax error; token: "!", near: "lineage !="'],
    ['_lineage = published', 'Syntax error; token: "_", near: "_lineage"'],
    ['lineage = published published', 'Syntax error; token: "published", near: "published published"'],
    ['(lineage = published', 'Syntax error; token: "<EOF>", near: "published"'],
    ['((lineage = published))', 'The expression has redundant parentheses;'],
    ['status = lineage', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['attribute_exists(Zone)', 'Attribute name is a reserved keyword; reserved keyword: Zone'],
    ['dog(lineage)', 'Invalid function name; function: dog'],
    ['ATTRIBUTE_EXISTS(lineage)', 'Invalid function name; function: ATTRIBUTE_EXISTS'],
    [
      'attribute_exists(lineage, sk)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    [
      'attribute_exists(lineage) = published',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    [
      'lineage = lineage',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [lineage]',
    ],
    [
      '#undefined = lineage',
      'An expression attribute name used in the document path is not defined; attribute name: #undefined',
    ],
    [
      'lineage = :undefined',
      'An expression attribute value used in expression is not defined; attribute value: :undefined',
    ],
    ['lineage BETWEEN sk AND pk', 'BETWEEN is not emulated by the sandbox'],
    ['lineage in (sk, pk)', 'IN is not emulated by the sandbox'],
    ['contains(lineage, sk)', 'contains is not emulated by the sandbox'],
    ['begins_with(lineage, sk)', 'begins_with is not emulated by the sandbox'],
    ['attribute_type(lineage, sk)', 'attribute_type is not emulated by the sandbox'],
    ['size(lineage) > generation', 'size is not emulated by the sandbox'],
    ['lineage.id = published', 'a nested attribute is not emulated by the sandbox'],
    ['lineage[0] = published', 'a nested attribute is not emulated by the sandbox'],
    [
      `lineage = published${' '.repeat(4096)}`,
      'Expression size has exceeded the maximum allowed size; expression size: 4115',
    ],
  ])('is refused: %s', async (ConditionExpression, reason) => {
    const { put, dynamoDb } = await openTables();

    const refusal = put({ ConditionExpression });

    await expect(refusal).rejects.toMatchObject(invalid(`Invalid ConditionExpression: ${reason}`));
    expect(dynamoDb.items('journal')).toStrictEqual([]);
  });

  it.each<[string, Attributes, string]>([
    ['generation < :v', { ':v': { BOOL: true } }, 'operator or function: <, operand type: BOOL'],
    [':v >= generation', { ':v': { NULL: true } }, 'operator or function: >=, operand type: NULL'],
    ['attribute_exists(pk) OR generation > :v', { ':v': { BOOL: true } }, 'function: >, operand type: BOOL'],
    ['attribute_exists(:v)', { ':v': { S: 'x' } }, 'operator or function: attribute_exists'],
  ])('is refused for the type of its operand: %s with %j', async (condition, values, reason) => {
    const { put } = await openTables();

    const refusal = put({ ConditionExpression: condition, ExpressionAttributeValues: values });

    await expect(refusal).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(refusal).rejects.toThrow(reason);
  });
});

describe('a conditional write', () => {
  const ConditionExpression = 'attribute_not_exists(pk)';
  const failed = { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' };

  it('succeeds when its condition is true', async () => {
    const { put, update, remove, stored } = await openTables();

    await put({ Item: ITEM, ConditionExpression });
    await update({
      UpdateExpression: 'SET lineage = :c',
      ConditionExpression: 'lineage = :b',
      ExpressionAttributeValues: { ':b': { S: 'b' }, ':c': { S: 'c' } },
    });
    const updated = await stored();
    await remove({ ConditionExpression: 'attribute_exists(pk)' });

    expect(updated).toStrictEqual({ ...ITEM, lineage: { S: 'c' } });
    expect(await stored()).toBeUndefined();
  });

  it('changes nothing when its condition is false', async () => {
    const { put, update, remove, stored } = await openTables();
    await put({ Item: ITEM });

    await expect(put({ ConditionExpression })).rejects.toMatchObject(failed);
    await expect(update({ UpdateExpression: 'REMOVE lineage', ConditionExpression })).rejects.toMatchObject(
      failed,
    );
    await expect(remove({ ConditionExpression })).rejects.toMatchObject(failed);

    expect(await stored()).toStrictEqual(ITEM);
  });

  it('returns the item in the error only with ALL_OLD', async () => {
    const { put, update, remove } = await openTables();
    await put({ Item: ITEM });
    const conditional = { ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

    await expect(put(conditional)).rejects.toMatchObject({ ...failed, Item: ITEM });
    await expect(update(conditional)).rejects.toMatchObject({ ...failed, Item: ITEM });
    await expect(remove(conditional)).rejects.toMatchObject({ ...failed, Item: ITEM });
    await expect(put({ ConditionExpression })).rejects.toMatchObject({ ...failed, Item: undefined });
  });

  it('returns no item in the error when there is none', async () => {
    const { put } = await openTables();

    const refusal = put({
      ConditionExpression: 'attribute_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });

    await expect(refusal).rejects.toMatchObject({ ...failed, Item: undefined });
  });

  it('evaluates the latest item, even while eventually consistent reads return an older one', async () => {
    const { put } = await openTables();
    await put();

    await expect(put({ ConditionExpression })).rejects.toMatchObject(failed);
  });
});

describe('placeholders of expressions', () => {
  it.each<[string, Parameters<Awaited<ReturnType<typeof openTables>>['put']>[0], string]>([
    [
      'a name without an expression',
      { ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      'a value without an expression',
      { ExpressionAttributeValues: { ':a': { S: 'a' } } },
      'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
    ],
    [
      'unused names',
      {
        ConditionExpression: 'attribute_exists(#a)',
        ExpressionAttributeNames: { '#a': 'a', '#b': 'b', '#c': 'c' },
      },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}',
    ],
    [
      'an unused value',
      { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: { ':a': { S: 'a' } } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
    ],
    [
      'no name',
      { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: {} },
      'ExpressionAttributeNames must not be empty',
    ],
    [
      'no value',
      { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: {} },
      'ExpressionAttributeValues must not be empty',
    ],
    [
      'a name without #',
      { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: { a: 'a' } },
      'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
    ],
    [
      'a value with a hyphen',
      { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: { ':a-b': { S: 'a' } } },
      'ExpressionAttributeValues contains invalid key: Syntax error; key: ":a-b"',
    ],
    [
      'a name for an empty attribute name',
      { ConditionExpression: 'attribute_exists(#a)', ExpressionAttributeNames: { '#a': '' } },
      'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a',
    ],
    [
      'an invalid number',
      { ConditionExpression: 'a = :a', ExpressionAttributeValues: { ':a': { N: '12e' } } },
      'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: 12e for key :a',
    ],
    [
      'a list, which is not emulated',
      { ConditionExpression: 'a = :a', ExpressionAttributeValues: { ':a': { L: [] } } },
      "1 validation error detected: Value at 'expressionAttributeValues.:a.L' failed to satisfy constraint: Member is not emulated by the sandbox",
    ],
  ])('are refused: %s', async (_what, input, message) => {
    const { put } = await openTables();

    await expect(put(input)).rejects.toMatchObject(invalid(message));
  });

  it('count as used even if they are not evaluated', async () => {
    const { put } = await openTables();

    const written = put({
      ConditionExpression: 'attribute_not_exists(pk) OR #b = :b',
      ExpressionAttributeNames: { '#b': 'b' },
      ExpressionAttributeValues: { ':b': { S: 'b' } },
    });

    await expect(written).resolves.toBeDefined();
  });

  it('are checked before the table is looked up', async () => {
    const { put } = await openTables();

    const refusal = put({ TableName: 'unknown', ConditionExpression: 'status = pk' });

    await expect(refusal).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

/** A random condition, and its result by the documented rules. */
interface Sample {
  readonly text: string;
  /** Precedence: 0 for OR, 1 for AND, 2 for operands that need no parentheses. */
  readonly rank: number;
  readonly isTrue: (item: Attributes) => boolean;
}

describe('random conditions', () => {
  const NAMES = ['a', 'b', 'c'];
  const VALUES: Attributes = {
    ':one': { N: '1' },
    ':oneAgain': { N: '1.0' },
    ':two': { N: '2e0' },
    ':ten': { N: '10' },
    ':textOne': { S: '1' },
    ':textTen': { S: '10' },
    ':empty': { S: '' },
    ':true': { BOOL: true },
    ':null': { NULL: true },
  };
  const ORDERED = Object.keys(VALUES).filter(key => key !== ':true' && key !== ':null');

  /** A value that JavaScript compares as DynamoDB does; numbers never equal strings. */
  function plain(value: AttributeValueLike | undefined): number | string | boolean | null | undefined {
    if (value?.N !== undefined) return Number(value.N);
    if (value?.S !== undefined) return value.S;
    if (value?.BOOL !== undefined) return value.BOOL;
    return value === undefined ? undefined : null;
  }

  function compared(
    comparator: string,
    left: ReturnType<typeof plain>,
    right: ReturnType<typeof plain>,
  ): boolean {
    const areEqual = left !== undefined && left === right;
    if (comparator === '=') return areEqual;
    if (comparator === '<>') return !areEqual;
    const areNumbers = typeof left === 'number' && typeof right === 'number';
    const areStrings = typeof left === 'string' && typeof right === 'string';
    if (!areNumbers && !areStrings) return false;
    return (
      { '<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right }[comparator] ?? false
    );
  }

  const comparison = fc
    .tuple(
      fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      fc.constantFrom(...NAMES, ...ORDERED),
      fc.constantFrom(...NAMES, ...Object.keys(VALUES)),
    )
    .filter(([comparator, left, right]) => {
      const isOrder = comparator !== '=' && comparator !== '<>';
      return left !== right && !(isOrder && (right === ':true' || right === ':null'));
    })
    .map(([comparator, left, right]): Sample => {
      const contentOf = (operand: string, item: Attributes) => plain(VALUES[operand] ?? item[operand]);
      return {
        text: `${left} ${comparator} ${right}`,
        rank: 2,
        isTrue: item => compared(comparator, contentOf(left, item), contentOf(right, item)),
      };
    });
  const existence = fc.constantFrom(...NAMES).map(
    (name): Sample => ({
      text: `attribute_exists(${name})`,
      rank: 2,
      isTrue: item => item[name] !== undefined,
    }),
  );
  const absence = fc.constantFrom(...NAMES).map(
    (name): Sample => ({
      text: `attribute_not_exists(${name})`,
      rank: 2,
      isTrue: item => item[name] === undefined,
    }),
  );
  const within = ({ text, rank }: Sample, outerRank: number) => (rank < outerRank ? `(${text})` : text);
  const { condition } = fc.letrec<{ condition: Sample }>(tie => ({
    condition: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'condition' },
      comparison,
      existence,
      absence,
      fc.tuple(tie('condition'), tie('condition')).map(
        ([left, right]): Sample => ({
          text: `${within(left, 0)} OR ${within(right, 0)}`,
          rank: 0,
          isTrue: item => left.isTrue(item) || right.isTrue(item),
        }),
      ),
      fc.tuple(tie('condition'), tie('condition')).map(
        ([left, right]): Sample => ({
          text: `${within(left, 1)} AND ${within(right, 1)}`,
          rank: 1,
          isTrue: item => left.isTrue(item) && right.isTrue(item),
        }),
      ),
      tie('condition').map(
        (inner): Sample => ({
          text: `NOT ${within(inner, 2)}`,
          rank: 2,
          isTrue: item => !inner.isTrue(item),
        }),
      ),
    ),
  }));
  const attribute = fc.constantFrom(undefined, ...Object.values(VALUES));
  const item = fc
    .record({ a: attribute, b: attribute, c: attribute })
    .map(attributes =>
      Object.fromEntries(
        Object.entries(attributes).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as const],
        ),
      ),
    );

  it('evaluate like the combination of their parts', async () => {
    const { put } = await openTables();
    const outcomes = { true: 0, false: 0 };

    const property = fc.asyncProperty(condition, item, async (sample, attributes) => {
      await put({ Item: { ...KEY, ...attributes } });
      const used = Object.entries(VALUES).filter(([key]) => new RegExp(`${key}\\b`).test(sample.text));
      const holds = await put({
        Item: { ...KEY, ...attributes },
        ConditionExpression: sample.text,
        ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
      }).then(
        () => true,
        (error: Error) => {
          expect(error.name).toBe('ConditionalCheckFailedException');
          return false;
        },
      );

      const expected = sample.isTrue(attributes);
      outcomes[`${expected}`] += 1;
      expect(holds).toBe(expected);
    });
    await fc.assert(property, { seed: 1, numRuns: 400 });

    expect(outcomes.true).toBeGreaterThan(100);
    expect(outcomes.false).toBeGreaterThan(100);
  });
});

type AttributeValueLike = Attributes[string];
