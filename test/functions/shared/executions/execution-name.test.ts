import { describe, expect, it } from 'vitest';
import {
  attemptName,
  executionName,
  executionNamePrefix,
  isAttemptOf,
  isConfigurationTest,
  nextAttemptOf,
  type RotationIdentity,
} from '../../../../functions/shared/executions/execution-name.ts';
import { FOREIGN_VERSION, SECRET_ARN, SECRET_NAME, VERSION } from '../../../helpers/secret.ts';

const ROTATION: RotationIdentity = {
  secretArn: SECRET_ARN,
  secretName: SECRET_NAME,
  clientRequestToken: VERSION,
};
const NAMESAKE = SECRET_ARN.replace('AbCdEf', 'GhIjKl');

describe('executionName', () => {
  it('is a readable prefix, a hash of the secret and one of the rotation', () => {
    expect(executionName(ROTATION)).toBe('genesys-voicemail-d2228900a4-bb24e2f0910f2fed');
  });

  it('puts the suffix at the end', () => {
    expect(executionName(ROTATION, '-check-2')).toBe('genesys-voicemail-d2228900a4-bb24e2f0910f2fed-check-2');
  });

  it.each<[string, Partial<RotationIdentity>]>([
    ['ClientRequestToken', { clientRequestToken: FOREIGN_VERSION }],
    ['case of the ClientRequestToken', { clientRequestToken: VERSION.toUpperCase() }],
    ['secret of the same name', { secretArn: NAMESAKE }],
  ])('differs for another %s', (_what, change) => {
    expect(executionName({ ...ROTATION, ...change })).not.toBe(executionName(ROTATION));
  });

  it.each([
    ['every special character that a secret name may have', 'prod/team_a+b=c.d@e!-f'],
    ['a name of 512 characters', 'x'.repeat(512)],
    ['a name that consists only of special characters', '/+=.@!'],
  ])('fits into 80 safe characters, with a long suffix, for %s', (_what, secretName) => {
    const name = executionName({ ...ROTATION, secretName }, '-check-1000');

    expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  it('hashes a ClientRequestToken with characters that are not allowed in a name', () => {
    const clientRequestToken = `*?:/ ${'"#%'.repeat(10)}`;

    expect(executionName({ ...ROTATION, clientRequestToken })).toMatch(
      /^genesys-voicemail-d2228900a4-[0-9a-f]{16}$/,
    );
  });
});

describe('attemptName', () => {
  it.each([
    ['rotate', 1, 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed'],
    ['rotate', 2, 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed-2'],
    ['rotate', 12, 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed-12'],
    ['check-configuration', 1, 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed-check'],
    ['check-configuration', 3, 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed-check-3'],
  ] as const)('names the attempt to %s with the number %i', (purpose, number, name) => {
    expect(attemptName(ROTATION, purpose, number)).toBe(name);
  });
});

describe('isAttemptOf', () => {
  const ARN = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:';
  const FIRST = `${ARN}genesys-voicemail-d2228900a4-bb24e2f0910f2fed`;

  it.each([
    ['rotate', FIRST],
    ['rotate', `${FIRST}-2`],
    ['rotate', `${FIRST}-12`],
    ['check-configuration', `${FIRST}-check`],
    ['check-configuration', `${FIRST}-check-2`],
  ] as const)('accepts for %s the execution %s', (purpose, execution) => {
    expect(isAttemptOf(execution, ROTATION, purpose)).toBe(true);
  });

  it.each([
    ['rotate', `${ARN}by-hand`],
    ['rotate', `${ARN}`],
    ['rotate', `${FIRST}-check`],
    ['rotate', `${FIRST}-check-2`],
    ['rotate', `${FIRST}-`],
    ['rotate', `${FIRST}-2-2`],
    ['rotate', `${FIRST}2`],
    ['rotate', `${ARN}x-genesys-voicemail-d2228900a4-bb24e2f0910f2fed`],
    ['rotate', `${ARN}genesys-voicemail-d2228900a4-0000000000000000`],
    ['check-configuration', FIRST],
    ['check-configuration', `${FIRST}-2`],
  ] as const)('refuses for %s the execution %s', (purpose, execution) => {
    expect(isAttemptOf(execution, ROTATION, purpose)).toBe(false);
  });

  it.each<[string, Partial<RotationIdentity>]>([
    ['version', { clientRequestToken: FOREIGN_VERSION }],
    ['secret of the same name', { secretArn: NAMESAKE }],
  ])('refuses the execution of another %s', (_what, change) => {
    expect(isAttemptOf(FIRST, { ...ROTATION, ...change }, 'rotate')).toBe(false);
  });
});

describe('executionNamePrefix', () => {
  it('begins the names of all executions of a secret', () => {
    expect(executionNamePrefix(ROTATION)).toBe('genesys-voicemail-d2228900a4-');
  });

  it.each<[string, Partial<RotationIdentity>]>([
    ['a secret of the same name', { secretArn: NAMESAKE }],
    [
      'a secret whose name begins with the same name',
      { secretArn: `${SECRET_ARN}-2`, secretName: `${SECRET_NAME}-2` },
    ],
  ])('does not begin the names of %s', (_what, change) => {
    const foreign = executionName({ ...ROTATION, ...change });

    expect(foreign.startsWith(executionNamePrefix(ROTATION))).toBe(false);
  });
});

describe('nextAttemptOf', () => {
  it.each([
    ['', '-2'],
    ['-2', '-3'],
    ['-9', '-10'],
    ['-check', '-check-2'],
    ['-check-2', '-check-3'],
  ])('follows a suffix %j with %j', (suffix, next) => {
    expect(nextAttemptOf(executionName(ROTATION, suffix))).toBe(executionName(ROTATION, next));
  });

  it('follows an ARN with an ARN', () => {
    const arn = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:';

    expect(nextAttemptOf(`${arn}${executionName(ROTATION)}`)).toBe(`${arn}${executionName(ROTATION, '-2')}`);
  });

  it('does not mistake a hash of digits for a number', () => {
    expect(nextAttemptOf('name-0123456789-1234567890123456')).toBe('name-0123456789-1234567890123456-2');
  });

  it("returns undefined for a name that is not a rotation's", () => {
    expect(nextAttemptOf('by-hand')).toBeUndefined();
  });
});

describe('isConfigurationTest', () => {
  it.each([
    ['', false],
    ['-2', false],
    ['-check', true],
    ['-check-12', true],
  ])('reads the suffix "%s" of a name', (suffix, isTest) => {
    expect(isConfigurationTest(executionName(ROTATION, suffix))).toBe(isTest);
  });

  it('is not misled by the name of a secret', () => {
    expect(isConfigurationTest(executionName({ ...ROTATION, secretName: 'credit-check' }))).toBe(false);
  });
});
