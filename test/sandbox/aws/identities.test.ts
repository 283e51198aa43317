import { describe, expect, it } from 'vitest';
import { Identities } from '../../../sandbox/aws/identities.ts';

const REFRESH_ROLE = 'arn:aws-cn:iam::111122223333:role/rotation/refresh-role';

function identities(): Identities {
  return new Identities({ accountId: '111122223333', partition: 'aws-cn' });
}

describe('Identities', () => {
  it('issues a permanent key to a user', () => {
    const issued = identities();

    const key = issued.issueUser('operator');

    expect(key).toEqual({
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^.{40}$/),
    });
    expect(issued.find(key.accessKeyId)?.caller).toEqual({
      accountId: '111122223333',
      arn: 'arn:aws-cn:iam::111122223333:user/operator',
      userId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    });
  });

  it('issues role credentials with a session ARN that omits the path', () => {
    const issued = identities();

    const key = issued.issueRole({
      roleArn: REFRESH_ROLE,
      sessionName: 'refresh',
      functionArn: 'arn:aws-cn:lambda:cn-north-1:111122223333:function:refresh',
    });

    expect(key).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^.{40}$/),
      sessionToken: expect.stringMatching(/^.{100,}$/),
    });
    expect(issued.find(key.accessKeyId)?.caller).toEqual({
      accountId: '111122223333',
      arn: 'arn:aws-cn:sts::111122223333:assumed-role/refresh-role/refresh',
      userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:refresh$/),
      roleArn: REFRESH_ROLE,
      functionArn: 'arn:aws-cn:lambda:cn-north-1:111122223333:function:refresh',
    });
  });

  it('keeps the unique id of a role across its sessions', () => {
    const issued = identities();

    const first = issued.issueRole({ roleArn: REFRESH_ROLE, sessionName: 'same' });
    const second = issued.issueRole({ roleArn: REFRESH_ROLE, sessionName: 'same' });

    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(issued.find(second.accessKeyId)?.caller).toEqual(issued.find(first.accessKeyId)?.caller);
  });

  it('does not accept a key that it did not issue', () => {
    expect(identities().find('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
  });

  it('throws TypeError when the ARN is not a role', () => {
    const issued = identities();

    const issue = () =>
      issued.issueRole({ roleArn: 'arn:aws:iam::111122223333:user/operator', sessionName: 'x' });

    expect(issue).toThrow(TypeError);
  });
});
