import { describe, expect, it } from 'vitest';
import { jsonObject } from '../../../../functions/shared/input/parse.ts';

describe('jsonObject', () => {
  it('reads an object', () => {
    expect(jsonObject('{"error":"invalid_grant"}')).toEqual({ error: 'invalid_grant' });
  });

  it.each(['', '<html></html>', '[]', 'null', '42', '"text"', '{"a":1', 'true'])(
    'returns undefined for %j',
    body => {
      expect(jsonObject(body)).toBeUndefined();
    },
  );
});
