import { describe, expect, it } from 'vitest';
import { functionMessage, rotationOf } from '../../../functions/shared/execution-data.ts';

const ROTATION = { secretArn: 'secret-arn', versionId: 'version-id' };

describe('rotationOf', () => {
  it('keeps the identifiers of a rotation, and nothing else of its input', () => {
    const input = JSON.stringify({ ...ROTATION, rotationToken: 'sealed', recovered: null });

    expect(rotationOf(input)).toEqual({ purpose: 'rotate', ...ROTATION });
  });

  it('tells a test of the configuration from a rotation', () => {
    const input = JSON.stringify({ ...ROTATION, purpose: 'check-configuration' });

    expect(rotationOf(input)).toEqual({ purpose: 'check-configuration', ...ROTATION });
  });

  it.each([undefined, 'no JSON', 'null', '7', '{"secretArn":"secret-arn"}', '{"secretArn":1,"versionId":2}'])(
    'finds no rotation in %j',
    input => {
      expect(rotationOf(input)).toBeUndefined();
    },
  );
});

describe('functionMessage', () => {
  it('is what the failed function said', () => {
    const cause = '{"errorType":"InvalidSecret","errorMessage":"The secret lacks a key.","trace":[]}';

    expect(functionMessage(cause)).toBe('The secret lacks a key.');
  });

  it.each([
    undefined,
    "The JSONPath '$.x' could not be found in the input '{}'",
    'null',
    '{"errorMessage":{}}',
  ])('is absent from %j', cause => {
    expect(functionMessage(cause)).toBeUndefined();
  });
});
