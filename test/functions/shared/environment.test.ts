import { afterEach, describe, expect, it, vi } from 'vitest';
import { requiredVariable } from '../../../functions/shared/environment.ts';

describe('environment', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('gives the value of a variable', () => {
    vi.stubEnv('SEAL_KEY_ARN', 'arn:key');

    expect(requiredVariable('SEAL_KEY_ARN')).toBe('arn:key');
  });

  it.each([undefined, ''])('names the variable whose value is %j', value => {
    vi.stubEnv('SEAL_KEY_ARN', value);

    expect(() => requiredVariable('SEAL_KEY_ARN')).toThrow(/SEAL_KEY_ARN/);
  });
});
