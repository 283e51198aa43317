import { describe, expect, it } from 'vitest';
import type { PermissionRecord } from '../sandbox/iam/permission-record.ts';
import { grantFindings } from './grants-report.ts';

const READ = { role: 'reader', sid: 'Read', action: 'secretsmanager:GetSecretValue', resource: '*' };
const WRITE = { ...READ, sid: 'Write', action: 'secretsmanager:PutSecretValue' };
const DENIAL = {
  caller: 'arn:aws:sts::123456789012:assumed-role/reader/session',
  action: 'kms:Decrypt',
  resource: 'arn:aws:kms:us-east-1:123456789012:key/one',
};

function record(changes: Partial<PermissionRecord> = {}): PermissionRecord {
  return { assemblyDirectory: 'stack', granted: [READ, WRITE], used: [], denials: [], ...changes };
}

describe("the report on the stack's grants", () => {
  it('finds nothing when every grant was used in some sandbox', () => {
    expect(grantFindings([record({ used: [READ] }), record({ used: [WRITE] })], 'stack')).toEqual([]);
  });

  it('finds a grant that no call used', () => {
    expect(grantFindings([record({ used: [READ] }), record()], 'stack')).toEqual([
      'granted, but no call used it: reader Write: secretsmanager:PutSecretValue on *',
    ]);
  });

  it('does not count the use of a grant of another stack', () => {
    const other = record({ assemblyDirectory: 'other', used: [READ, WRITE] });

    expect(grantFindings([record(), other], 'stack')).toHaveLength(2);
  });

  it('finds a call that lacked a grant in any stack, once, and ignores expected denials', () => {
    const used = [READ, WRITE];
    const records = [
      record({ used, denials: [{ ...DENIAL, expected: false }] }),
      record({
        assemblyDirectory: 'other',
        denials: [
          { ...DENIAL, expected: false },
          { ...DENIAL, action: 'kms:Encrypt', expected: true },
        ],
      }),
    ];

    expect(grantFindings(records, 'stack')).toEqual([
      'called, but not granted: arn:aws:sts::123456789012:assumed-role/reader/session: kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/one',
    ]);
  });
});
