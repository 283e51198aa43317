import { describe, expect, it } from 'vitest';
import {
  functionMessage,
  leftTokenInUse,
  MAX_MESSAGE_LENGTH,
  rotationOf,
} from '../../../../functions/shared/executions/execution-data.ts';
import { EXECUTION_ARN_PREFIX } from '../../../helpers/execution-description.ts';
import { CONTROL_CHARACTERS, HOSTILE_TEXT } from '../../../helpers/hostile-text.ts';
import { FOREIGN_VERSION, SECRET_ARN, VERSION } from '../../../helpers/secret.ts';
import { EXECUTION } from '../../../helpers/task-requests.ts';

const ROTATION = { secretArn: SECRET_ARN, versionId: VERSION };

describe('rotationOf', () => {
  it('keeps only the identifiers of a rotation from its input', () => {
    const input = JSON.stringify({ ...ROTATION, rotationToken: 'sealed', recovered: null });

    expect(rotationOf(EXECUTION, input)).toEqual({ purpose: 'rotate', ...ROTATION });
  });

  it('distinguishes a configuration test from a rotation', () => {
    const input = JSON.stringify({ ...ROTATION, purpose: 'check-configuration' });

    expect(rotationOf(`${EXECUTION}-check-2`, input)).toEqual({
      purpose: 'check-configuration',
      ...ROTATION,
    });
  });

  it.each([undefined, 'no JSON', 'null', '7', '{"secretArn":"secret-arn"}', '{"secretArn":1,"versionId":2}'])(
    'finds no rotation in %j',
    input => {
      expect(rotationOf(EXECUTION, input)).toBeUndefined();
    },
  );

  it.each([
    ['is named manually', `${EXECUTION_ARN_PREFIX}by-hand`, ROTATION],
    ['is named after another version', EXECUTION, { ...ROTATION, versionId: FOREIGN_VERSION }],
    [
      'is named after another secret',
      EXECUTION,
      { ...ROTATION, secretArn: SECRET_ARN.replace('voicemail', 'callback') },
    ],
    [
      'is named as a rotation, but tests the configuration',
      EXECUTION,
      { ...ROTATION, purpose: 'check-configuration' },
    ],
    ['names no ARN of a secret', EXECUTION, { ...ROTATION, secretArn: HOSTILE_TEXT }],
    ['adds lines to the ARN', EXECUTION, { ...ROTATION, secretArn: `${SECRET_ARN}\n\nWHAT TO DO: x-AbCdEf` }],
    ['names no version id', EXECUTION, { ...ROTATION, versionId: `${VERSION}\n` }],
  ])('finds no rotation in an execution that %s', (_what, executionArn, input) => {
    expect(rotationOf(executionArn, JSON.stringify(input))).toBeUndefined();
  });
});

describe('functionMessage', () => {
  it('is one line of limited length without unsafe characters', () => {
    const message = functionMessage(JSON.stringify({ errorMessage: HOSTILE_TEXT.repeat(100) })) ?? '';

    expect(message).toHaveLength(MAX_MESSAGE_LENGTH);
    expect(message).not.toMatch(CONTROL_CHARACTERS);
  });

  it('is the message of the failed function', () => {
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

describe('leftTokenInUse', () => {
  const current = { lineage: 'a', generation: 3 };

  it.each<[string, unknown, boolean]>([
    ['a pair of the alternate grant', { lineage: 'b', generation: 1, current }, true],
    ['the pair that AWSCURRENT held', { ...current, current }, true],
    ['a newer pair of the grant in use', { lineage: 'a', generation: 4, current }, false],
    ['no pair', undefined, false],
    ['a pair without a position', { lineage: 'b', generation: 1 }, false],
    ['something else', 'refreshed', false],
  ])('of %s', (_what, refreshed, left) => {
    expect(leftTokenInUse(JSON.stringify({ refreshed }))).toBe(left);
  });

  it('of data that cannot be read', () => {
    expect([leftTokenInUse(undefined), leftTokenInUse('{')]).toEqual([false, false]);
  });
});
