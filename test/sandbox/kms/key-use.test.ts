import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../sandbox/kms/key.ts';
import { keyUseChecker } from '../../../sandbox/kms/key-use.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/one';
const USE = {
  keyId: 'alias/one',
  action: 'kms:Decrypt',
  encryptionContext: {},
  caller: { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/reader' },
} as const;

const verdict = (state: KeyState | undefined, allowed: boolean) =>
  keyUseChecker(() => (state === undefined ? undefined : { arn: KEY_ARN, state }), { allows: () => allowed })(
    USE,
  );

describe('keyUseChecker', () => {
  it.each([
    ['Enabled', 'usable'],
    ['Disabled', 'disabled'],
    ['PendingDeletion', 'pending-deletion'],
  ] as const)('returns for a key in the state %s: %s', (state, expected) => {
    expect(verdict(state, true)).toBe(expected);
  });

  it('returns missing for a key that does not exist', () => {
    expect(verdict(undefined, true)).toBe('missing');
  });

  it.each(['Enabled', 'Disabled', 'PendingDeletion'] as const)(
    'returns denied without permission, also for a key in the state %s',
    state => {
      expect(verdict(state, false)).toBe('denied');
    },
  );
});
