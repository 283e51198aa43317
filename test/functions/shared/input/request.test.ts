import { describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../../../functions/shared/errors.ts';
import { requestFields } from '../../../../functions/shared/input/request.ts';
import { EXECUTION_ARN_PREFIX } from '../../../helpers/execution-description.ts';
import { rejection } from '../../../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';
import { EXECUTION } from '../../../helpers/task-requests.ts';

/** The error of reading a field. The wrong value is a secret and must not be quoted. */
function refusal(read: () => unknown): Promise<Error> {
  return rejection(Promise.resolve().then(read));
}

describe('request', () => {
  it('reads fields of every kind', () => {
    const fields = requestFields('The request', {
      name: 'Refresh',
      nothing: null,
      something: 'blob',
      since: '2026-07-01T08:00:00.000Z',
      action: 'promote',
      none: 0,
      three: 3,
      nested: { inner: 'x' },
      absent: null,
    });

    expect(fields.string('name')).toBe('Refresh');
    expect(fields.nullableString('nothing')).toBeNull();
    expect(fields.nullableString('something')).toBe('blob');
    expect(fields.instant('since')).toEqual(new Date('2026-07-01T08:00:00Z'));
    expect(fields.oneOf('action', ['promote', 'stand-down'])).toBe('promote');
    expect(fields.count('none')).toBe(0);
    expect(fields.count('three')).toBe(3);
    expect(fields.object('nested').string('inner')).toBe('x');
    expect(fields.nullableObject('nested')?.string('inner')).toBe('x');
    expect(fields.nullableObject('absent')).toBeNull();
  });

  it.each([undefined, null, 'text', 7, true, [{ Step: 'createSecret' }]])(
    'refuses a request that is not an object: %j',
    async request => {
      const error = await refusal(() => requestFields('The request', request));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('The request');
    },
  );

  it.each([undefined, null, '', 7, [SENTINELS.rotationToken], { value: SENTINELS.rotationToken }])(
    'refuses %j where a string is expected and names the key',
    async value => {
      const error = await refusal(() => requestFields('The request', { SecretId: value }).string('SecretId'));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('SecretId');
    },
  );

  it.each([
    ['secretArn', SECRET_ARN.slice(0, -1)],
    ['secretArn', `${SECRET_ARN}\n`],
    ['secretArn', `${SECRET_ARN.slice(0, -7)}\n\nWHAT TO DO: x-AbCdEf`],
    ['secretArn', 'genesys/voicemail'],
    ['executionArn', `${EXECUTION_ARN_PREFIX}a\u202eb`],
    ['executionArn', `${EXECUTION_ARN_PREFIX}${'a'.repeat(81)}`],
    ['id', 'a b'],
    ['id', 'v\u001b[31m'],
    ['id', 'v'.repeat(65)],
  ] as const)('refuses a malformed %s without quoting it: %j', async (kind, value) => {
    const error = await refusal(() => requestFields('The request', { key: value })[kind]('key'));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).not.toContain(value);
  });

  it('reads well-formed ARNs and ids', () => {
    const fields = requestFields('The request', { secret: SECRET_ARN, execution: EXECUTION, id: VERSION });

    expect(fields.secretArn('secret')).toBe(SECRET_ARN);
    expect(fields.executionArn('execution')).toBe(EXECUTION);
    expect(fields.id('id')).toBe(VERSION);
  });

  it.each([undefined, '', 7, [SENTINELS.rotationToken]])(
    'refuses %j where a string or null is expected',
    async value => {
      const error = await refusal(() => requestFields('The request', { blob: value }).nullableString('blob'));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('blob');
    },
  );

  it.each([undefined, null, '', 'yesterday', 1_782_900_000, SENTINELS.rotationToken])(
    'refuses %j where an instant is expected',
    async value => {
      const error = await refusal(() => requestFields('The request', { since: value }).instant('since'));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('since');
    },
  );

  it.each([undefined, null, '', 'CreateSecret', SENTINELS.rotationToken, ['createSecret']])(
    'refuses the word %j and lists the allowed words',
    async value => {
      const error = await refusal(() =>
        requestFields('The request', { Step: value }).oneOf('Step', ['createSecret', 'setSecret']),
      );

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('Step');
      expect(error.message).toContain('createSecret, setSecret');
    },
  );

  it.each([undefined, null, -1, 1.5, '1', Number.NaN])('refuses the count %j', async value => {
    const error = await refusal(() =>
      requestFields('The request', { retryCount: value }).count('retryCount'),
    );

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain('retryCount');
  });

  it.each([undefined, null, SENTINELS.rotationToken, []])(
    'refuses %j where an object is expected and names the key',
    async value => {
      const error = await refusal(() => requestFields('The request', { input: value }).object('input'));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('input');
    },
  );

  it.each([undefined, SENTINELS.rotationToken, []])(
    'refuses %j where an object or null is expected',
    async value => {
      const error = await refusal(() =>
        requestFields('The request', { input: value }).nullableObject('input'),
      );

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain('input');
    },
  );

  it('names the path to a field that is missing in a nested object', async () => {
    const fields = requestFields('The request', { input: {} });

    const error = await refusal(() => fields.object('input').string('secretArn'));

    expect(error.message).toMatch(/input.*secretArn/);
  });

  it.each(['constructor', 'toString'])('does not accept the inherited %s as a field', async key => {
    const error = await refusal(() => requestFields('The request', {}).string(key));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
  });
});
