import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { keepsNumbers, parseObject } from '../../../../functions/shared/secrets/secret-value.ts';

const LONG_NUMBER = '{"id":12345678901234567890}';

describe('numbers in a secret value', () => {
  it('keep all digits', () => {
    expect(keepsNumbers(LONG_NUMBER)).toBe(true);
    expect(JSON.stringify(parseObject(LONG_NUMBER))).toBe(LONG_NUMBER);
  });
});

describe('numbers in a secret value, when JSON.parse has no source text access (Node.js 20)', () => {
  beforeEach(() => {
    const descriptor = Object.getOwnPropertyDescriptor(JSON, 'rawJSON') ?? {};
    Object.defineProperty(JSON, 'rawJSON', { ...descriptor, value: undefined });
    onTestFinished(() => void Object.defineProperty(JSON, 'rawJSON', descriptor));
  });

  it.each([LONG_NUMBER, '{"rate":1.0}', '{"a":[1e3]}'])(
    'may lose digits, which keepsNumbers detects: %s',
    text => {
      expect(keepsNumbers(text)).toBe(false);
    },
  );

  it.each(['{"a":1,"b":[-2.5],"c":0}', '{"text":"1.0 \\" 1.0"}'])(
    'keep digits that a double can represent: %s',
    text => {
      expect(keepsNumbers(text)).toBe(true);
      expect(JSON.stringify(parseObject(text))).toBe(text);
    },
  );
});
