import { describe, expect, it } from 'vitest';
import { allowsInvoke } from '../../cli/diagnose/function-steps.ts';

const CALL = {
  service: 'secretsmanager.amazonaws.com',
  accountId: '123456789012',
  sourceArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:crm/genesys-AbCdEf',
};
const ALLOW = {
  Effect: 'Allow',
  Principal: { Service: CALL.service },
  Action: 'lambda:InvokeFunction',
};

function mayInvoke(...statements: readonly object[]): boolean {
  return allowsInvoke(JSON.stringify({ Version: '2012-10-17', Statement: statements }), CALL);
}

describe('allowsInvoke', () => {
  it.each([
    ['the service', {}],
    ['everybody', { Principal: '*' }],
    ['the service among others', { Principal: { Service: ['events.amazonaws.com', CALL.service] } }],
    ['all of Lambda', { Action: 'lambda:*' }],
    ['the account', { Condition: { StringEquals: { 'AWS:SourceAccount': CALL.accountId } } }],
    [
      'the secret',
      { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:secretsmanager:*:*:secret:crm/*' } } },
    ],
  ])('is true for a statement that allows %s', (_what, changes) => {
    const isAllowed = mayInvoke({ ...ALLOW, ...changes });

    expect(isAllowed).toBe(true);
  });

  it.each([
    ['another service', { Principal: { Service: 'events.amazonaws.com' } }],
    ['another action', { Action: 'lambda:GetFunction' }],
    ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } }],
    [
      'another secret',
      { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:secretsmanager:*:*:secret:x*' } } },
    ],
  ])('is false for a statement about %s only', (_what, changes) => {
    const isAllowed = mayInvoke({ ...ALLOW, ...changes });

    expect(isAllowed).toBe(false);
  });

  it('is false if another statement denies the call', () => {
    const isAllowed = mayInvoke(ALLOW, { ...ALLOW, Effect: 'Deny' });

    expect(isAllowed).toBe(false);
  });

  it('accepts a policy with a single statement instead of a list', () => {
    const isAllowed = allowsInvoke(JSON.stringify({ Statement: ALLOW }), CALL);

    expect(isAllowed).toBe(true);
  });
});
