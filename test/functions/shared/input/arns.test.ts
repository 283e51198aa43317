import { describe, expect, it } from 'vitest';
import { isSameFunction, secretNameOf } from '../../../../functions/shared/input/arns.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:';
const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:rotation';

describe('secretNameOf', () => {
  it.each([
    [`${SECRET}genesys/voicemail-AbCdEf`, 'genesys/voicemail'],
    [`${SECRET}genesys/voice-mail-AbCdEf`, 'genesys/voice-mail'],
    [`${SECRET}ends-likeID-AbCdEf`, 'ends-likeID'],
    ['arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:n-a1B2c3', 'n'],
    ['genesys/voicemail', 'genesys/voicemail'],
  ])('reads %s as %s', (arn, name) => {
    expect(secretNameOf(arn)).toBe(name);
  });
});

describe('isSameFunction', () => {
  it.each([
    [FUNCTION, FUNCTION, true],
    [`${FUNCTION}:live`, FUNCTION, true],
    [FUNCTION, `${FUNCTION}:7`, true],
    [`${FUNCTION}-2`, FUNCTION, false],
    [FUNCTION.replace('eu-central-1', 'eu-west-1'), FUNCTION, false],
    [undefined, FUNCTION, false],
  ])('compares %s with %s: %s', (one, other, same) => {
    expect(isSameFunction(one, other)).toBe(same);
  });
});
