import { describe, expect, it } from 'vitest';
import { InvalidSecret } from '../../../../functions/shared/errors.ts';
import {
  type Credential,
  hasLostAlternate,
  parseCredential,
  withTokens,
} from '../../../../functions/shared/secrets/secret-value.ts';
import { rejection } from '../../../helpers/no-secrets.ts';
import { SECRET_ARN } from '../../../helpers/secret.ts';
import { SENTINELS, secretKeys, secretValue } from '../../../helpers/secret-value.ts';

const NEW_TOKENS = { accessToken: SENTINELS.newAccessToken, refreshToken: SENTINELS.newRefreshToken };

function parse(changes: Readonly<Record<string, unknown>> = {}): Credential {
  return parseCredential(SECRET_ARN, { SecretString: secretValue(changes) });
}

/** The error of parsing an invalid value. */
async function refusal(value: Parameters<typeof parseCredential>[1]): Promise<Error> {
  const error = await rejection(Promise.resolve().then(() => parseCredential(SECRET_ARN, value)));
  expect(error).toBeInstanceOf(InvalidSecret);
  expect(error.message).toContain(SECRET_ARN);
  return error;
}

describe('parseCredential', () => {
  it('reads a complete credential', () => {
    const credential = parse({
      region: 'eu-central-1',
      expiresAt: '2026-07-01T08:00:00.000Z',
      team: 'voice',
    });

    expect(credential).toEqual({
      clientId: 'client-id',
      clientSecret: 'sentinel-client-secret',
      refreshToken: 'sentinel-current-refresh-token',
      accessToken: 'sentinel-current-access-token',
      host: 'mypurecloud.de',
      expiresAt: new Date('2026-07-01T08:00:00.000Z'),
      keys: secretKeys({
        region: 'eu-central-1',
        expiresAt: '2026-07-01T08:00:00.000Z',
        team: 'voice',
      }),
    });
  });

  it('reads a credential with only the required keys', () => {
    const keys = { clientId: 'client-id', clientSecret: 'secret', refreshToken: 'refresh' };

    const credential = parseCredential(SECRET_ARN, { SecretString: JSON.stringify(keys) });

    expect(credential).toEqual({ ...keys, host: 'mypurecloud.com', keys });
  });

  it('reads the refresh token of an alternate grant', () => {
    const credential = parse({ alternateRefreshToken: SENTINELS.alternateRefreshToken });

    expect(credential.alternateRefreshToken).toBe('sentinel-alternate-refresh-token');
    expect(hasLostAlternate(credential)).toBe(false);
  });

  it.each([
    [undefined, false],
    [null, true],
  ])(
    'accepts a credential without an alternate grant, which is lost when the key is %j: %s',
    (value, isLost) => {
      const credential = parse({ alternateRefreshToken: value });

      expect(credential.alternateRefreshToken).toBeUndefined();
      expect(hasLostAlternate(credential)).toBe(isLost);
    },
  );

  it.each([undefined, null])(
    'accepts a missing access token, which is %j until the first rotation',
    value => {
      const credential = parse({ accessToken: value });

      expect(credential.accessToken).toBeUndefined();
      expect(credential.refreshToken).toBe('sentinel-current-refresh-token');
    },
  );

  it.each([undefined, null])('uses the default region when region is %j', value => {
    expect(parse({ region: value }).host).toBe('mypurecloud.com');
  });

  it.each([undefined, null, 'soon', 1_782_900_000, ''])('treats the expiresAt %j as absent', value => {
    expect(parse({ expiresAt: value }).expiresAt).toBeUndefined();
  });

  it('refuses a binary value', async () => {
    const error = await refusal({ SecretBinary: Buffer.from(secretValue()) });

    expect(error.message).toContain('binary');
  });

  it.each([
    ['text', SENTINELS.clientSecret],
    ['nothing', ''],
    ['broken JSON', secretValue().slice(0, -1)],
    ['JSON with a trailing comma', `{"clientSecret":"${SENTINELS.clientSecret}",}`],
    ['an array', `[${secretValue()}]`],
    ['null', 'null'],
    ['a number', '42'],
    ['a string', JSON.stringify(SENTINELS.refreshToken)],
    ['a boolean', 'true'],
  ])('refuses %s, without quoting it', async (_what, text) => {
    const error = await refusal({ SecretString: text });

    expect(error.message).toContain('not a JSON object');
  });

  it.each(['clientId', 'clientSecret', 'refreshToken'])(
    'names the required key %s when it is missing',
    async key => {
      const error = await refusal({ SecretString: secretValue({ [key]: undefined }) });

      expect(error.message).toContain(`lacks the key ${key}`);
    },
  );

  it.each(['clientId', 'clientSecret', 'refreshToken'])(
    'names the required key %s when it is null',
    async key => {
      const error = await refusal({ SecretString: secretValue({ [key]: null }) });

      expect(error.message).toContain(`lacks the key ${key}`);
    },
  );

  it.each(['clientId', 'clientSecret', 'refreshToken', 'alternateRefreshToken', 'accessToken', 'region'])(
    'names the key %s when it is empty or blank',
    async key => {
      for (const blank of ['', ' \n']) {
        const error = await refusal({ SecretString: secretValue({ [key]: blank }) });

        expect(error.message).toContain(`empty key ${key}`);
      }
    },
  );

  it.each(['clientId', 'clientSecret', 'refreshToken', 'alternateRefreshToken', 'accessToken', 'region'])(
    'names the key %s when it is not a string',
    async key => {
      for (const wrong of [42, true, [SENTINELS.refreshToken], { value: SENTINELS.refreshToken }]) {
        const error = await refusal({ SecretString: secretValue({ [key]: wrong }) });

        expect(error.message).toContain(`key ${key} that is not a string`);
      }
    },
  );

  it('refuses an unknown region, and lists the published ones', async () => {
    const error = await refusal({ SecretString: secretValue({ region: 'login.evil.example' }) });

    expect(error.message).toContain('region');
    expect(error.message).toContain('mypurecloud.com, ');
    expect(error.message).not.toContain('evil.example');
  });

  it('does not quote a secret that is in the region by mistake', async () => {
    await refusal({ SecretString: secretValue({ region: SENTINELS.clientSecret }) });
  });
});

describe('withTokens', () => {
  it.each([
    ['leaves the alternate grant', undefined, SENTINELS.alternateRefreshToken],
    ['replaces the alternate grant', SENTINELS.refreshToken, SENTINELS.refreshToken],
    ['keeps the key of a lost alternate grant', null, null],
  ])('%s', (_what, alternate, expected) => {
    const credential = parse({ alternateRefreshToken: SENTINELS.alternateRefreshToken });

    const value = withTokens(credential, NEW_TOKENS, alternate);

    expect(JSON.parse(value)).toEqual({ ...secretKeys(), ...NEW_TOKENS, alternateRefreshToken: expected });
  });

  it('writes the tokens and their expiry, and keeps every other key', () => {
    const credential = parse({
      region: 'mypurecloud.de',
      expiresAt: 'yesterday',
      team: null,
      ports: [1, 2.5],
      nested: { a: { b: '…' } },
      '': false,
    });

    const value = withTokens(credential, {
      ...NEW_TOKENS,
      expiresAt: new Date('2026-07-02T07:59:59Z'),
    });

    expect(JSON.parse(value)).toEqual({
      clientId: 'client-id',
      clientSecret: 'sentinel-client-secret',
      accessToken: 'sentinel-new-access-token',
      refreshToken: 'sentinel-new-refresh-token',
      region: 'mypurecloud.de',
      team: null,
      ports: [1, 2.5],
      nested: { a: { b: '…' } },
      '': false,
      expiresAt: '2026-07-02T07:59:59.000Z',
    });
  });

  it('keeps the digits of a number that a double cannot represent', () => {
    const text = `{"orgNumber":12345678901234567890,"ratio":1.10,${secretValue().slice(1)}`;
    const credential = parseCredential(SECRET_ARN, { SecretString: text });

    const value = withTokens(credential, NEW_TOKENS);

    expect(value).toContain('"orgNumber":12345678901234567890,"ratio":1.10,');
  });

  it('keeps a key that is called __proto__', () => {
    const text = `{"__proto__":{"x":1},${secretValue().slice(1)}`;
    const credential = parseCredential(SECRET_ARN, { SecretString: text });

    const value = withTokens(credential, NEW_TOKENS);

    expect(value).toContain('"__proto__":{"x":1}');
  });

  it('drops the previous expiry when the new one is unknown', () => {
    const credential = parse({ expiresAt: '2026-07-01T08:00:00.000Z' });

    const value = withTokens(credential, NEW_TOKENS);

    expect(JSON.parse(value)).toEqual(
      secretKeys({ accessToken: 'sentinel-new-access-token', refreshToken: 'sentinel-new-refresh-token' }),
    );
  });

  it('writes a value that parses to the same credential', () => {
    const value = withTokens(parse({ region: 'eu-west-1' }), {
      ...NEW_TOKENS,
      expiresAt: new Date('2026-07-02T08:00:00Z'),
    });

    expect(parseCredential(SECRET_ARN, { SecretString: value })).toMatchObject({
      accessToken: 'sentinel-new-access-token',
      refreshToken: 'sentinel-new-refresh-token',
      host: 'mypurecloud.ie',
      expiresAt: new Date('2026-07-02T08:00:00Z'),
    });
  });
});
