import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  optionalNumber,
  optionalVariable,
  requiredNumber,
  requiredVariable,
} from '../../../../functions/shared/input/environment.ts';

describe('environment', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('returns the value of a variable', () => {
    vi.stubEnv('SEAL_KEY_ARN', 'arn:key');

    expect(requiredVariable('SEAL_KEY_ARN')).toBe('arn:key');
    expect(optionalVariable('SEAL_KEY_ARN')).toBe('arn:key');
  });

  it.each([undefined, ''])('names the variable whose value is %j', value => {
    vi.stubEnv('SEAL_KEY_ARN', value);

    expect(() => requiredVariable('SEAL_KEY_ARN')).toThrow(/SEAL_KEY_ARN/);
    expect(optionalVariable('SEAL_KEY_ARN')).toBeUndefined();
  });

  it.each([
    ['9', 9],
    ['0.5', 0.5],
  ])('returns the number %j', (value, number) => {
    vi.stubEnv('MAX_GAP_HOURS', value);

    expect(requiredNumber('MAX_GAP_HOURS')).toBe(number);
    expect(optionalNumber('MAX_GAP_HOURS')).toBe(number);
  });

  it.each([undefined, '', '0', '-1', 'nine', 'Infinity'])('rejects the number %j', value => {
    vi.stubEnv('MAX_GAP_HOURS', value);

    expect(() => requiredNumber('MAX_GAP_HOURS')).toThrow(/MAX_GAP_HOURS/);
    expect(optionalNumber('MAX_GAP_HOURS')).toBeUndefined();
  });
});
