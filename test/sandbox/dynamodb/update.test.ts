import { describe, expect, it } from 'vitest';
import { type Attributes, invalid, KEY, openTables } from './table-world.ts';

const ITEM = { ...KEY, generation: { N: '2' }, lineage: { S: 'b' } } satisfies Attributes;

describe('UpdateItem', () => {
  it.each<[string, Attributes | undefined, Attributes]>([
    ['SET lineage = :v', { ':v': { S: 'c' } }, { ...ITEM, lineage: { S: 'c' } }],
    ['sEt lineage=:v', { ':v': { BOOL: true } }, { ...ITEM, lineage: { BOOL: true } }],
    ['SET former = lineage', undefined, { ...ITEM, former: { S: 'b' } }],
    ['SET generation = generation + :v', { ':v': { N: '1' } }, { ...ITEM, generation: { N: '3' } }],
    ['SET generation = :v - generation', { ':v': { N: '1' } }, { ...ITEM, generation: { N: '-1' } }],
    ['SET doubled = generation + generation', undefined, { ...ITEM, doubled: { N: '4' } }],
    ['SET lineage = if_not_exists(lineage, :v)', { ':v': { S: 'c' } }, ITEM],
    ['SET issued = if_not_exists(issued, :v)', { ':v': { S: 'c' } }, { ...ITEM, issued: { S: 'c' } }],
    [
      'SET attempts = if_not_exists(attempts, :zero) + :one',
      { ':zero': { N: '0' }, ':one': { N: '1' } },
      { ...ITEM, attempts: { N: '1' } },
    ],
    [
      'SET issued = if_not_exists(issued, if_not_exists(lineage, :v))',
      { ':v': { S: 'c' } },
      { ...ITEM, issued: { S: 'b' } },
    ],
    ['REMOVE lineage', undefined, { ...KEY, generation: ITEM.generation }],
    ['REMOVE gone, lineage', undefined, { ...KEY, generation: ITEM.generation }],
    ['ADD generation :v', { ':v': { N: '-5' } }, { ...ITEM, generation: { N: '-3' } }],
    ['ADD attempts :v', { ':v': { N: '7' } }, { ...ITEM, attempts: { N: '7' } }],
    [
      'REMOVE lineage SET former = lineage ADD generation :v',
      { ':v': { N: '1' } },
      { ...KEY, generation: { N: '3' }, former: { S: 'b' } },
    ],
    [
      'SET lineage = generation, generation = lineage',
      undefined,
      { ...ITEM, lineage: { N: '2' }, generation: { S: 'b' } },
    ],
    [
      'SET generation = :v, lineage = :v',
      { ':v': { NULL: true } },
      { ...KEY, generation: { NULL: true }, lineage: { NULL: true } },
    ],
  ])('applies %s with %j', async (UpdateExpression, values, expected) => {
    const { put, update, stored } = await openTables();
    await put({ Item: ITEM });

    await update({ UpdateExpression, ...(values && { ExpressionAttributeValues: values }) });

    expect(await stored()).toStrictEqual(expected);
  });

  it('creates an item that does not exist, with its key', async () => {
    const { update, stored } = await openTables();

    await update({ UpdateExpression: 'SET lineage = :v', ExpressionAttributeValues: { ':v': { S: 'b' } } });

    expect(await stored()).toStrictEqual({ ...KEY, lineage: { S: 'b' } });
  });

  it('creates an item without an UpdateExpression, but changes no existing item', async () => {
    const { put, update, stored } = await openTables();

    await update();
    const created = await stored();
    await put({ Item: ITEM });
    await update();

    expect(created).toStrictEqual(KEY);
    expect(await stored()).toStrictEqual(ITEM);
  });

  it('does not create an item only to remove attributes', async () => {
    const { update, stored } = await openTables();

    const { Attributes } = await update({ UpdateExpression: 'REMOVE lineage', ReturnValues: 'ALL_NEW' });

    expect(Attributes).toBeUndefined();
    expect(await stored()).toBeUndefined();
  });

  it('returns the item before or after the update when ReturnValues requests it', async () => {
    const { put, update } = await openTables();
    await put({ Item: ITEM });
    const increment = {
      UpdateExpression: 'ADD generation :v',
      ExpressionAttributeValues: { ':v': { N: '1' } },
    };

    const nothing = await update({ ...increment, ReturnValues: 'NONE' });
    const before = await update({ ...increment, ReturnValues: 'ALL_OLD' });
    const after = await update({ ...increment, ReturnValues: 'ALL_NEW' });

    expect(nothing.Attributes).toBeUndefined();
    expect(before.Attributes).toStrictEqual({ ...ITEM, generation: { N: '3' } });
    expect(after.Attributes).toStrictEqual({ ...ITEM, generation: { N: '5' } });
  });

  it('returns no previous item when there was none', async () => {
    const { update } = await openTables();

    const { Attributes } = await update({ ReturnValues: 'ALL_OLD' });

    expect(Attributes).toBeUndefined();
  });

  it.each<[string, string]>([
    ['', 'The expression can not be empty;'],
    ['INVALID SYNTAX HERE', 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['SET lineage', 'Syntax error; token: "<EOF>", near: "lineage"'],
    ['SET lineage = pk,', 'Syntax error; token: "<EOF>", near: ","'],
    ['SET lineage = pk + sk + pk', 'Syntax error; token: "+", near: "sk + pk"'],
    ['SET :v = pk', 'Syntax error; token: ":v", near: "SET :v ="'],
    ['ADD generation lineage', 'Syntax error; token: "lineage", near: "generation lineage"'],
    ['REMOVE lineage gone', 'Syntax error; token: "gone", near: "lineage gone"'],
    ['SET Status = pk', 'Attribute name is a reserved keyword; reserved keyword: Status'],
    [
      'SET lineage = #v',
      'An expression attribute name used in the document path is not defined; attribute name: #v',
    ],
    [
      'SET lineage = :v',
      'An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    ['SET lineage = pk SET former = sk', 'The "SET" section can only be used once in an update expression;'],
    [
      'SET lineage = pk REMOVE lineage',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [lineage], path two: [lineage]',
    ],
    ['SET lineage = dog(pk)', 'Invalid function name; function: dog'],
    [
      'SET lineage = if_not_exists(pk)',
      'Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1',
    ],
    [
      'SET lineage = if_not_exists(if_not_exists(pk, sk), sk)',
      'Operator or function requires a document path; operator or function: if_not_exists',
    ],
    ['SET lineage = list_append(pk, sk)', 'list_append is not emulated by the sandbox'],
    ['DELETE lineage pk', 'DELETE is not emulated by the sandbox'],
    ['SET lineage = (pk)', 'a parenthesis is not emulated by the sandbox'],
    ['SET lineage.id = pk', 'a nested attribute is not emulated by the sandbox'],
    ['REMOVE lineage[0]', 'a nested attribute is not emulated by the sandbox'],
  ])('refuses the expression %s', async (UpdateExpression, reason) => {
    const { update, stored } = await openTables();

    await expect(update({ UpdateExpression })).rejects.toMatchObject(
      invalid(`Invalid UpdateExpression: ${reason}`),
    );
    expect(await stored()).toBeUndefined();
  });

  it.each<[string, Attributes, string]>([
    [
      'ADD generation :v',
      { ':v': { S: 'x' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    ],
    [
      'ADD generation :v',
      { ':v': { BOOL: true } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN',
    ],
    [
      'SET generation = generation + :v',
      { ':v': { S: 'x' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
    ],
    [
      'SET generation = lineage - :v',
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'ADD lineage :v',
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'SET generation = gone + :v',
      { ':v': { N: '1' } },
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'SET generation = if_not_exists(gone, :v) + generation',
      { ':v': { S: 'x' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'SET pk = :v',
      { ':v': { S: 'x' } },
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
    ],
    [
      'ADD sk :v',
      { ':v': { N: '1' } },
      'One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key',
    ],
    [
      'SET blob = :v',
      { ':v': { S: 'x'.repeat(400 * 1024) } },
      'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: blob',
    ],
    [
      'SET sealed = :v',
      { ':v': { S: 'x'.repeat(400 * 1024) } },
      'Item size to update has exceeded the maximum allowed size',
    ],
  ])('refuses %s because of the item or the value', async (UpdateExpression, values, message) => {
    const { put, update, stored } = await openTables();
    await put({ Item: ITEM });

    const refusal = update({ UpdateExpression, ExpressionAttributeValues: values });

    await expect(refusal).rejects.toMatchObject(invalid(message));
    expect(await stored()).toStrictEqual(ITEM);
  });

  it('copies an attribute that the condition also reads', async () => {
    const { put, update, stored } = await openTables();
    await put({ Item: ITEM });

    await update({
      UpdateExpression: 'SET #former = lineage, lineage = :c REMOVE generation',
      ConditionExpression: 'lineage = :b AND generation = :two',
      ExpressionAttributeNames: { '#former': 'previous lineage' },
      ExpressionAttributeValues: { ':b': { S: 'b' }, ':c': { S: 'c' }, ':two': { N: '2' } },
    });

    expect(await stored()).toStrictEqual({ ...KEY, lineage: { S: 'c' }, 'previous lineage': { S: 'b' } });
  });

  it('names both expressions when values are given without either', async () => {
    const { update } = await openTables();

    const refusal = update({ ExpressionAttributeValues: { ':v': { S: 'x' } } });

    await expect(refusal).rejects.toMatchObject(
      invalid(
        'ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null',
      ),
    );
  });

  it.each([
    ['attributeUpdates', { AttributeUpdates: { lineage: { Value: { S: 'x' } } } }],
    ['expected', { Expected: { lineage: { Exists: false } } }],
    ['returnItemCollectionMetrics', { ReturnItemCollectionMetrics: 'SIZE' }],
    ['returnValues', { ReturnValues: 'UPDATED_NEW' }],
  ] as const)('refuses the member %s, which is not emulated', async (member, input) => {
    const { update } = await openTables();

    const refusal = update(input);

    await expect(refusal).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(refusal).rejects.toThrow(`'${member}'`);
  });
});
