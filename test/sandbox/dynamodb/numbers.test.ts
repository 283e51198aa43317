import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalid, KEY, openTables } from './table-world.ts';

const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';

describe('a number in DynamoDB', () => {
  it.each([
    ['007', '7'],
    ['+1.50', '1.5'],
    ['100.000', '100'],
    ['.5', '0.5'],
    ['-0.0', '0'],
    ['0e-5', '0'],
    ['1E+3', '1000'],
    ['1.23e4', '12300'],
    ['123e-2', '1.23'],
    ['-5e-1', '-0.5'],
    ['1e-20', '0.00000000000000000001'],
    ['1e125', `1${'0'.repeat(125)}`],
    [`1${'0'.repeat(50)}`, `1${'0'.repeat(50)}`],
  ])('returns %s as %s', async (written, read) => {
    const { put, stored } = await openTables();

    await put({ Item: { ...KEY, number: { N: written } } });

    expect(await stored()).toStrictEqual({ ...KEY, number: { N: read } });
  });

  it.each([
    ['', 'The parameter cannot be converted to a numeric value'],
    ['many', 'The parameter cannot be converted to a numeric value: many'],
    [' 1', 'The parameter cannot be converted to a numeric value:  1'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
    ['1e126', OVERFLOW],
    ['-11e125', OVERFLOW],
    ['0.9e-130', UNDERFLOW],
  ])('cannot be %j', async (N, message) => {
    const { put } = await openTables();

    await expect(put({ Item: { ...KEY, number: { N } } })).rejects.toMatchObject(invalid(message));
  });

  it.each([
    ['10000000000000000000000', '+', '1', '10000000000000000000001'],
    ['10000000000000000000000', '-', '1', '9999999999999999999999'],
    ['0.1', '+', '0.2', '0.3'],
    ['1.5', '-', '1.5', '0'],
    ['-1', '-', '0.25', '-1.25'],
    ['9e125', '+', '9e124', `99${'0'.repeat(124)}`],
  ])('is computed exactly: %s %s %s is %s', async (left, operator, right, result) => {
    const { update, stored } = await openTables();

    await update({
      UpdateExpression: `SET amount = :left ${operator} :right`,
      ExpressionAttributeValues: { ':left': { N: left }, ':right': { N: right } },
    });

    expect(await stored()).toStrictEqual({ ...KEY, amount: { N: result } });
  });

  it.each([
    ['9e125', '+', '9e125', OVERFLOW],
    ['1e50', '+', '1', OVERFLOW],
    ['1.1e-130', '-', '1e-130', UNDERFLOW],
  ])('cannot be the result of %s %s %s', async (left, operator, right, message) => {
    const { update, stored } = await openTables();

    const refusal = update({
      UpdateExpression: `SET amount = :left ${operator} :right`,
      ExpressionAttributeValues: { ':left': { N: left }, ':right': { N: right } },
    });

    await expect(refusal).rejects.toMatchObject(invalid(message));
    expect(await stored()).toBeUndefined();
  });

  it('adds and compares decimals as exactly as integers', async () => {
    const { update } = await openTables();
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const text = (value: number) => (value / 100).toFixed(2);

    const property = fc.asyncProperty(cents, cents, async (left, right) => {
      const { Attributes } = await update({
        UpdateExpression: 'SET amount = :left + :right',
        ExpressionAttributeValues: { ':left': { N: text(left) }, ':right': { N: text(right) } },
        ReturnValues: 'ALL_NEW',
      });
      const isLess = await update({
        ConditionExpression: ':left < :right',
        ExpressionAttributeValues: { ':left': { N: text(left) }, ':right': { N: text(right) } },
      }).then(
        () => true,
        () => false,
      );

      expect(Number(Attributes?.amount?.N) * 100).toBeCloseTo(left + right, 5);
      expect(isLess).toBe(left < right);
    });
    await fc.assert(property, { seed: 1, numRuns: 100 });
  });
});
