import { describe, expect, it } from 'vitest';
import { type JsonObject, mergedTemplate } from '../../../infra/release/merged-template.ts';

const NO_VALUE = { Ref: 'AWS::NoValue' };
const BASE = { Parameters: { Size: {} }, Conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, '9'] } } };

/** The properties of a resource that is in both templates, with these properties. */
function mergedProperties(whenTrue: JsonObject, whenFalse: JsonObject): unknown {
  const template = (Properties: JsonObject): JsonObject => ({
    ...BASE,
    Resources: { Queue: { Type: 'Queue', Properties } },
  });
  const { Resources } = mergedTemplate('IsLarge', template(whenTrue), template(whenFalse)) as {
    Resources: { Queue: { Properties: unknown } };
  };
  return Resources.Queue.Properties;
}

function withResources(Resources: JsonObject, more: JsonObject = {}): JsonObject {
  return { ...BASE, Resources, ...more };
}

describe('mergedTemplate', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['the same', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    ['another value', { a: 1, b: 2 }, { a: 3, b: 2 }, { a: { 'Fn::If': ['IsLarge', 1, 3] }, b: 2 }],
    ['an additional property', { a: 1 }, {}, { a: { 'Fn::If': ['IsLarge', 1, NO_VALUE] } }],
    ['a missing property', {}, { a: 1 }, { a: { 'Fn::If': ['IsLarge', NO_VALUE, 1] } }],
    ['more items', { a: [1, 2, 3] }, { a: [1, 3] }, { a: [1, { 'Fn::If': ['IsLarge', 2, NO_VALUE] }, 3] }],
    ['fewer items', { a: [1] }, { a: [0, 1] }, { a: [{ 'Fn::If': ['IsLarge', NO_VALUE, 0] }, 1] }],
    ['other items', { a: [1, 2] }, { a: [3] }, { a: { 'Fn::If': ['IsLarge', [1, 2], [3]] } }],
    [
      'a part of a list',
      { a: [{ b: 1, c: 2 }] },
      { a: [{ b: 1, c: 3 }] },
      { a: [{ b: 1, c: { 'Fn::If': ['IsLarge', 2, 3] } }] },
    ],
    [
      'an intrinsic function, which is never merged',
      { a: { 'Fn::Join': ['', ['x', { Ref: 'A' }]] } },
      { a: { 'Fn::Join': ['', ['x']] } },
      {
        a: { 'Fn::If': ['IsLarge', { 'Fn::Join': ['', ['x', { Ref: 'A' }]] }, { 'Fn::Join': ['', ['x']] }] },
      },
    ],
  ])('keeps or chooses properties: %s', (_what, whenTrue, whenFalse, expected) => {
    expect(mergedProperties(whenTrue, whenFalse)).toEqual(expected);
  });

  it('adds the condition to resources and outputs that only one template has', () => {
    const first = withResources(
      { Both: { Type: 'A' }, First: { Type: 'B' } },
      { Outputs: { Name: { Value: '' } } },
    );
    const second = withResources({ Both: { Type: 'A' }, Second: { Type: 'C' } });

    const { Resources, Outputs, Conditions } = mergedTemplate('IsLarge', first, second);

    expect(Resources).toEqual({
      Both: { Type: 'A' },
      First: { Type: 'B', Condition: 'IsLarge' },
      Second: { Type: 'C', Condition: 'NoIsLarge' },
    });
    expect(Outputs).toEqual({ Name: { Value: '', Condition: 'IsLarge' } });
    expect(Conditions).toEqual({ ...BASE.Conditions, NoIsLarge: { 'Fn::Not': [{ Condition: 'IsLarge' }] } });
  });

  it("combines the condition with the resource's own condition", () => {
    const first = withResources({ Queue: { Type: 'A', Condition: 'IsFast' } });

    const { Resources, Conditions } = mergedTemplate('IsLarge', first, withResources({}));

    expect(Resources).toEqual({ Queue: { Type: 'A', Condition: 'IsLargeAndIsFast' } });
    expect(Conditions).toMatchObject({
      IsLargeAndIsFast: { 'Fn::And': [{ Condition: 'IsLarge' }, { Condition: 'IsFast' }] },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['the type', { Queue: { Type: 'A' } }, { Queue: { Type: 'B' } }],
    ['dependencies', { Queue: { Type: 'A', DependsOn: ['B'] } }, { Queue: { Type: 'A' } }],
    ['conditions', { Queue: { Type: 'A', Condition: 'IsFast' } }, { Queue: { Type: 'A' } }],
  ])('refuses resources that differ in %s', (_what, first, second) => {
    expect(() => mergedTemplate('IsLarge', withResources(first), withResources(second))).toThrow(
      /Queue differs/,
    );
  });

  it('refuses templates with different parameters', () => {
    const other = withResources({}, { Parameters: { Width: {} } });

    expect(() => mergedTemplate('IsLarge', withResources({}), other)).toThrow('Parameters differ.');
  });
});
