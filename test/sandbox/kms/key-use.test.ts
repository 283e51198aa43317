import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../sandbox/kms/key.ts';
import { keyUseJudge } from '../../../sandbox/kms/key-use.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/one';
const USE = {
  keyId: 'alias/one',
  action: 'kms:Decrypt',
  encryptionContext: {},
  caller: { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/reader' },
} as const;

const judge = (state: KeyState | undefined, allowed: boolean) =>
  keyUseJudge(() => (state === undefined ? undefined : { arn: KEY_ARN, state }), { allows: () => allowed })(
    USE,
  );

describe('keyUseJudge', () => {
  it.each([
    ['Enabled', 'usable'],
    ['Disabled', 'disabled'],
    ['PendingDeletion', 'pending-deletion'],
  ] as const)('calls the use of a key in the state %s %s', (state, verdict) => {
    expect(judge(state, true)).toBe(verdict);
  });

  it('calls the use of a key that does not exist missing', () => {
    expect(judge(undefined, true)).toBe('missing');
  });

  it.each(['Enabled', 'Disabled', 'PendingDeletion'] as const)(
    'calls the use without permission denied while the key is %s',
    state => {
      expect(judge(state, false)).toBe('denied');
    },
  );
});
