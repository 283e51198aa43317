import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../../functions/shared/journal/fingerprint.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

const { refreshToken, newRefreshToken } = SENTINELS;

describe('fingerprintOf', () => {
  it.each([
    {
      clientId: 'client-id',
      refreshToken,
      fingerprint: 'b481967a6fcd9fcecd30c8f996731870849a763d5a22ba6a4df67e356f622145',
    },
    {
      clientId: 'client-id',
      refreshToken: newRefreshToken,
      fingerprint: '417b7738fffc2ac9813cbc0d20c82199aa2bc6d6d22e71eb233ee43320088b04',
    },
  ])('is SHA-256 over client id and refresh token as JSON: $fingerprint', given => {
    expect(fingerprintOf(given)).toBe(given.fingerprint);
  });

  it('depends on no other key of a credential', () => {
    const credential = {
      clientId: 'client-id',
      clientSecret: SENTINELS.clientSecret,
      refreshToken,
      host: 'mypurecloud.ie',
      keys: { team: 'voice' },
    };

    expect(fingerprintOf(credential)).toBe(fingerprintOf({ clientId: 'client-id', refreshToken }));
  });

  it('differs for another client with the same refresh token', () => {
    expect(fingerprintOf({ clientId: 'other-client-id', refreshToken })).not.toBe(
      fingerprintOf({ clientId: 'client-id', refreshToken }),
    );
  });

  it.each([
    [
      { clientId: 'a', refreshToken: 'bc' },
      { clientId: 'ab', refreshToken: 'c' },
    ],
    [
      { clientId: 'a","b', refreshToken: 'c' },
      { clientId: 'a', refreshToken: 'b","c' },
    ],
    [
      { clientId: 'a,', refreshToken: 'b' },
      { clientId: 'a', refreshToken: ',b' },
    ],
  ])('differs for %j and %j, which are the same when joined', (one, other) => {
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
  });
});
