import { describe, expect, it } from 'vitest';
import { UnevaluablePolicy } from '../../../sandbox/iam/unevaluable-policy.ts';
import type { Json } from '../../../sandbox/json.ts';
import { allow, allowedBy } from './policies.ts';

const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/one';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:rotation';

/** Whether a condition on the pair `team` of the encryption context is true. Without a value the pair is absent. */
function holdsFor(operator: string, policyValue: Json, value: string | undefined): boolean {
  return allowedBy([allow({ Condition: { [operator]: { 'kms:EncryptionContext:team': policyValue } } })], {
    action: 'kms:Decrypt',
    resource: KEY_ARN,
    context: value === undefined ? {} : { 'kms:EncryptionContext:team': value },
  });
}

/** Whether a condition on the keys of the encryption context is true. */
function holdsForNames(operator: string, policyValue: Json, names: readonly string[] | undefined): boolean {
  return allowedBy([allow({ Condition: { [operator]: { 'kms:EncryptionContextKeys': policyValue } } })], {
    action: 'kms:Decrypt',
    resource: KEY_ARN,
    context: names === undefined ? {} : { 'kms:EncryptionContextKeys': names },
  });
}

/** Whether a condition on the ARN of the secret's rotation function is true. */
function holdsForArn(operator: string, policyValue: string, value: string | undefined): boolean {
  const key = 'secretsmanager:resource/AllowRotationLambdaArn';
  return allowedBy([allow({ Condition: { [operator]: { [key]: policyValue } } })], {
    context: value === undefined ? {} : { [key]: value },
  });
}

describe('a condition', () => {
  it.each<[string, Json, string | undefined, boolean]>([
    ['StringEquals', 'blue', 'blue', true],
    ['StringEquals', 'blue', 'Blue', false],
    ['StringEquals', 'bl*', 'blue', false],
    ['StringEquals', ['red', 'blue'], 'blue', true],
    ['StringEquals', 'blue', undefined, false],
    ['StringNotEquals', 'blue', 'red', true],
    ['StringNotEquals', ['red', 'blue'], 'red', false],
    ['StringNotEquals', 'blue', undefined, true],
    ['StringEqualsIgnoreCase', 'blue', 'BLUE', true],
    ['StringEqualsIgnoreCase', 'blue', 'red', false],
    ['StringNotEqualsIgnoreCase', 'blue', 'BLUE', false],
    ['StringLike', 'b?u*', 'blue', true],
    ['StringLike', 'b?u*', 'bu', false],
    ['StringLike', 'b.ue', 'blue', false],
    ['StringLike', 'B*', 'blue', false],
    ['StringLike', '*', undefined, false],
    ['StringNotLike', 'b*', 'blue', false],
    ['StringNotLike', 'b*', 'red', true],
    ['StringNotLike', 'b*', undefined, true],
    ['Bool', true, 'true', true],
    ['Bool', 'true', 'True', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'true', undefined, false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'blue', false],
    ['Null', false, 'blue', true],
    ['Null', 'false', undefined, false],
    ['StringEqualsIfExists', 'blue', undefined, true],
    ['StringEqualsIfExists', 'blue', 'red', false],
    ['StringLikeIfExists', 'b*', undefined, true],
    ['BoolIfExists', 'true', undefined, true],
    ['StringNotEqualsIfExists', 'blue', 'blue', false],
  ])('%s %j is true for %j: %j', (operator, policyValue, value, expected) => {
    expect(holdsFor(operator, policyValue, value)).toBe(expected);
  });

  it.each<[string, string, string | undefined, boolean]>([
    ['ArnEquals', FUNCTION_ARN, FUNCTION_ARN, true],
    ['ArnEquals', 'arn:aws:lambda:*:*:function:rot*', FUNCTION_ARN, true],
    ['ArnLike', 'arn:aws:lambda:us-?ast-1:123456789012:*', FUNCTION_ARN, true],
    ['ArnLike', 'arn:aws:*:function:rotation', FUNCTION_ARN, false],
    ['ArnLike', 'arn:aws:lambda:*:*:function:rotation', `${FUNCTION_ARN}:live`, false],
    ['ArnLike', 'arn:aws:lambda:*:*:function:rotation:*', `${FUNCTION_ARN}:live`, true],
    ['ArnLike', FUNCTION_ARN, undefined, false],
    ['ArnNotEquals', FUNCTION_ARN, FUNCTION_ARN, false],
    ['ArnNotLike', 'arn:aws:lambda:*:*:function:other', FUNCTION_ARN, true],
    ['ArnNotLike', FUNCTION_ARN, undefined, true],
    ['ArnLikeIfExists', FUNCTION_ARN, undefined, true],
  ])('%s %s is true for %s: %j', (operator, policyValue, value, expected) => {
    expect(holdsForArn(operator, policyValue, value)).toBe(expected);
  });

  it.each<[string, Json, readonly string[] | undefined, boolean]>([
    ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], undefined, true],
    ['ForAllValues:StringEquals', ['a', 'b'], [''], true],
    ['ForAllValues:StringEqualsIfExists', ['a', 'b'], ['c'], false],
    ['ForAllValues:StringLike', 'x-*', ['x-1', 'x-2'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'a'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'a'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
    ['ForAnyValue:StringEquals', ['a', 'b'], undefined, false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a'], false],
    ['ForAnyValue:StringNotLike', 'a*', undefined, false],
  ])('%s %j is true for the set %j: %j', (operator, policyValue, names, expected) => {
    expect(holdsForNames(operator, policyValue, names)).toBe(expected);
  });

  it('is true only if all its operators and keys match', () => {
    const statement = allow({
      Condition: {
        StringEquals: { 'aws:PrincipalAccount': '123456789012', 'kms:EncryptionContext:team': 'blue' },
        Null: { 'kms:ViaService': 'true' },
      },
    });
    const requestWith = (context: Record<string, string>) => ({
      action: 'kms:Decrypt',
      resource: KEY_ARN,
      context,
    });

    expect(allowedBy([statement], requestWith({ 'kms:EncryptionContext:team': 'blue' }))).toBe(true);
    expect(allowedBy([statement], requestWith({ 'kms:EncryptionContext:team': 'red' }))).toBe(false);
    expect(
      allowedBy([statement], requestWith({ 'kms:EncryptionContext:team': 'blue', 'kms:ViaService': 'sns' })),
    ).toBe(false);
  });

  it('matches keys case-insensitively', () => {
    const statement = allow({ Condition: { StringEquals: { 'AWS:requestedREGION': 'us-east-1' } } });

    expect(allowedBy([statement])).toBe(true);
  });

  it.each<[string, Json]>([
    ['an unknown operator', { NumericEquals: { 'aws:PrincipalAccount': '1' } }],
    ['an operator that AWS does not have', { NullIfExists: { 'aws:PrincipalArn': 'true' } }],
    ['ForAnyValue with IfExists', { 'ForAnyValue:StringEqualsIfExists': { 'aws:PrincipalArn': 'a' } }],
    ['an unknown set operator', { 'ForSomeValues:StringEquals': { 'aws:PrincipalArn': 'a' } }],
    ['an unknown global key', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }],
    ['a key of another service', { StringEquals: { 'kms:EncryptionContext:team': 'blue' } }],
    ['a key without its name', { StringEquals: { 'secretsmanager:ResourceTag/': 'blue' } }],
    ['a policy variable', { StringEquals: { 'aws:PrincipalArn': `\${aws:username}` } }],
    ['no values', { StringEquals: { 'aws:PrincipalArn': [] } }],
    ['a value that is not a string', { StringEquals: { 'aws:PrincipalArn': { Ref: 'Role' } } }],
    ['a list of keys', { StringEquals: ['aws:PrincipalArn'] }],
  ])('cannot be evaluated with %s', (_what, Condition) => {
    const statement = allow({ Action: 'secretsmanager:GetSecretValue', Condition });

    expect(() => allowedBy([statement])).toThrow(UnevaluablePolicy);
  });

  it('cannot be evaluated when it compares a set of values like a single value', () => {
    const Condition = { StringEquals: { 'kms:EncryptionContextKeys': 'team' } };

    expect(() => allowedBy([allow({ Action: 'kms:Decrypt', Condition })])).toThrow(UnevaluablePolicy);
  });

  it('is checked for unknown keys only when the requested action matches', () => {
    const statement = allow({ Action: 'kms:*', Condition: { StringEquals: { 'kms:KeySpec': 'x' } } });

    expect(allowedBy([statement])).toBe(false);
    expect(() => allowedBy([statement], { action: 'kms:Decrypt', resource: KEY_ARN })).toThrow(
      UnevaluablePolicy,
    );
  });

  it('throws an error that names policy, statement and problem', () => {
    const statement = allow({
      Sid: 'ReadSecrets',
      Action: 'secretsmanager:GetSecretValue',
      Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
    });

    expect(() => allowedBy([statement])).toThrow(
      expect.objectContaining({
        owner: 'owner',
        statement: 'ReadSecrets',
        message: expect.stringContaining('aws:SourceVpc'),
      }),
    );
  });
});
