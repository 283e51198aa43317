import { describe, expect, it } from 'vitest';
import { decide } from '../../../sandbox/iam/decision.ts';
import { parsePolicy } from '../../../sandbox/iam/policy-document.ts';
import { UnevaluablePolicy } from '../../../sandbox/iam/unevaluable-policy.ts';
import type { Json, JsonObject } from '../../../sandbox/json.ts';
import { ACCOUNT_ID, allow, allowedBy, policy, ROLE_ARN, request, SECRET_ARN, SESSION } from './policies.ts';

const ROOT = { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` };
const KEY_ARN = `arn:aws:kms:us-east-1:${ACCOUNT_ID}:key/one`;
const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:rotation`;
const deny = (changes: JsonObject = {}) => allow({ Effect: 'Deny', ...changes });

describe('a policy', () => {
  it.each<[Json, string, boolean]>([
    ['secretsmanager:GetSecretValue', 'secretsmanager:GetSecretValue', true],
    ['SecretsManager:getsecretvalue', 'secretsmanager:GetSecretValue', true],
    ['secretsmanager:Get*', 'secretsmanager:GetSecretValue', true],
    ['secretsmanager:*', 'secretsmanager:GetSecretValue', true],
    ['secretsmanager:?etSecretValue', 'secretsmanager:GetSecretValue', true],
    ['secretsmanager:Get', 'secretsmanager:GetSecretValue', false],
    ['*', 'secretsmanager:GetSecretValue', true],
    [['kms:Decrypt', 'secretsmanager:GetSecretValue'], 'secretsmanager:GetSecretValue', true],
    ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', false],
  ])('with the action %j allows %s: %j', (Action, action, expected) => {
    expect(allowedBy([allow({ Action })], { action })).toBe(expected);
  });

  it.each<[Json, boolean]>([
    [SECRET_ARN, true],
    [SECRET_ARN.toLowerCase(), false],
    [SECRET_ARN.replace('AbCdEf', '??????'), true],
    [SECRET_ARN.replace('AbCdEf', '?????'), false],
    ['arn:aws:secretsmanager:*:*:secret:genesys/*', true],
    ['arn:aws:secretsmanager:*:secret:genesys/*', false],
    ['arn:aws:secretsmanager', true],
    ['arn:aws:kms', false],
    ['arn:aws:secretsmanager:us-west-2:*:*', false],
    [['arn:aws:kms:*:*:*', SECRET_ARN], true],
    ['*', true],
  ])('with the resource %j allows the secret: %j', (Resource, expected) => {
    expect(allowedBy([allow({ Resource })])).toBe(expected);
  });

  it('with NotAction allows every other action', () => {
    const NotAction = ['secretsmanager:Put*', 'secretsmanager:DeleteSecret'];
    const statement: JsonObject = { Effect: 'Allow', NotAction, Resource: '*' };

    expect(allowedBy([statement])).toBe(true);
    expect(allowedBy([statement], { action: 'secretsmanager:PutSecretValue' })).toBe(false);
  });

  it('with NotResource allows every other resource', () => {
    const statement: JsonObject = { Effect: 'Allow', Action: '*', NotResource: [SECRET_ARN] };

    expect(allowedBy([statement])).toBe(false);
    expect(allowedBy([statement], { resource: SECRET_ARN.replace('one', 'two') })).toBe(true);
  });

  it('can have one statement that is not in a list', () => {
    const statements = parsePolicy({ Statement: allow() }, 'owner', 'identity');

    expect(decide(request(), { identity: statements, resourceMustAllow: false }).allowed).toBe(true);
  });

  it.each<[string, JsonObject]>([
    ['an unknown element', { ...allow(), Comment: 'x' }],
    ['NotPrincipal', { ...allow(), NotPrincipal: '*' }],
    ['a Principal', { ...allow(), Principal: '*' }],
    ['no effect', { Action: '*', Resource: '*' }],
    ['an effect in lower case', allow({ Effect: 'allow' })],
    ['no action', { Effect: 'Allow', Resource: '*' }],
    ['both Action and NotAction', allow({ NotAction: 'kms:Decrypt' })],
    ['an action without a service', allow({ Action: 'GetSecretValue' })],
    ['no resource', { Effect: 'Allow', Action: '*' }],
    ['an empty list of resources', allow({ Resource: [] })],
    ['a resource that is not an ARN', allow({ Resource: 'secret' })],
    ['a policy variable in a resource', allow({ Resource: `arn:aws:s3:::\${aws:username}` })],
    ['a resource that is not a string', allow({ Resource: [{ Ref: 'Secret' }] })],
  ])('cannot be evaluated with %s', (_what, statement) => {
    expect(() => policy([statement])).toThrow(UnevaluablePolicy);
  });

  it.each<[string, JsonObject]>([
    ['an unknown element', { Version: '2012-10-17', Statement: [], Owner: 'me' }],
    ['an unknown version', { Version: '2040-01-01', Statement: [] }],
    ['no statement', { Version: '2012-10-17' }],
    ['a statement that is a string', { Statement: ['Allow'] }],
  ])('cannot be evaluated as a document with %s', (_what, document) => {
    expect(() => parsePolicy(document, 'owner', 'identity')).toThrow(UnevaluablePolicy);
  });

  it.each<[string, Json]>([
    ['no principal', null],
    ['a federated principal', { Federated: 'cognito-identity.amazonaws.com' }],
    ['a pattern of an ARN', { AWS: 'arn:aws:iam::*:role/reader' }],
    ['a name that is not an ARN', { AWS: 'reader' }],
  ])('of a resource cannot be evaluated with %s', (_what, Principal) => {
    const statement = allow(Principal === null ? {} : { Principal });

    expect(() => policy([statement], 'resource')).toThrow(UnevaluablePolicy);
  });
});

describe('a decision', () => {
  it('refuses what no statement allows', () => {
    const decision = decide(request(), { identity: [], resourceMustAllow: false });

    expect(decision).toEqual({ allowed: false, reason: 'no allow', policy: 'identity-based policy' });
  });

  it('names the statement and the clause that allow it', () => {
    const identity = policy([
      allow({ Sid: 'Other', Action: 'kms:Decrypt' }),
      allow({ Sid: 'Read', Action: ['secretsmanager:Describe*', 'secretsmanager:Get*'] }),
    ]);

    expect(decide(request(), { identity, resourceMustAllow: false })).toMatchObject({
      allowed: true,
      statement: { sid: 'Read' },
      clause: { action: 'secretsmanager:Get*', resource: '*' },
    });
  });

  it('denies if any statement denies, before or after an allow', () => {
    const denied = deny({ Action: 'secretsmanager:GetSecretValue' });

    for (const statements of [
      [denied, allow()],
      [allow(), denied],
    ]) {
      expect(decide(request(), { identity: policy(statements), resourceMustAllow: false })).toEqual({
        allowed: false,
        reason: 'explicit deny',
        policy: 'identity-based policy',
      });
    }
  });

  it('ignores a deny whose condition is false', () => {
    const Condition = { ArnEquals: { 'lambda:SourceFunctionArn': FUNCTION_ARN } };
    const statements = [allow(), deny({ Condition })];

    expect(allowedBy(statements)).toBe(true);
    expect(allowedBy(statements, { principal: { ...SESSION, functionArn: FUNCTION_ARN } })).toBe(false);
  });

  it('also requires the boundary to allow', () => {
    const boundary = policy([allow({ Action: 'secretsmanager:Get*' })]);
    const policies = { identity: policy([allow()]), boundary, resourceMustAllow: false };

    expect(decide(request(), policies).allowed).toBe(true);
    expect(decide(request({ action: 'secretsmanager:PutSecretValue' }), policies)).toEqual({
      allowed: false,
      reason: 'no allow',
      policy: 'permissions boundary',
    });
  });

  it.each<[string, Json, boolean]>([
    ['the role', { AWS: ROLE_ARN }, true],
    ['the session', { AWS: SESSION.arn }, true],
    ['everyone', '*', true],
    ['every AWS principal', { AWS: '*' }, true],
    ['another role', { AWS: ROLE_ARN.replace('reader', 'writer') }, false],
    ['the account', ROOT, false],
    ['the account by its number', { AWS: ACCOUNT_ID }, false],
    ['a service', { Service: 'lambda.amazonaws.com' }, false],
  ])('evaluates a resource policy that names %s: %j', (_who, Principal, expected) => {
    const resource = policy([allow({ Principal })], 'resource');

    expect(decide(request(), { identity: [], resource, resourceMustAllow: false }).allowed).toBe(expected);
  });

  it("prefers the resource's deny to the role's allow", () => {
    const resource = policy([deny({ Principal: '*' })], 'resource');

    expect(decide(request(), { identity: policy([allow()]), resource, resourceMustAllow: false })).toEqual({
      allowed: false,
      reason: 'explicit deny',
      policy: 'resource-based policy',
    });
  });

  describe('about a key', () => {
    const decrypt = request({ action: 'kms:Decrypt', resource: KEY_ARN });
    const identity = policy([allow({ Action: 'kms:Decrypt' })]);

    it('uses the allow of the role when the key delegates to the account', () => {
      const resource = policy([allow({ Principal: ROOT, Action: 'kms:*' })], 'resource');

      expect(decide(decrypt, { identity, resource, resourceMustAllow: true }).allowed).toBe(true);
      expect(decide(decrypt, { identity: [], resource, resourceMustAllow: true })).toMatchObject({
        allowed: false,
        policy: 'identity-based policy',
      });
    });

    it('refuses what the role allows when the key does not', () => {
      const resource = policy([allow({ Principal: ROOT, Action: 'kms:Describe*' })], 'resource');

      expect(decide(decrypt, { identity, resource, resourceMustAllow: true })).toEqual({
        allowed: false,
        reason: 'no allow',
        policy: 'resource-based policy',
      });
    });

    it('accepts the allow of the key alone when it names the role', () => {
      const resource = policy([allow({ Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt' })], 'resource');

      expect(decide(decrypt, { identity: [], resource, resourceMustAllow: true }).allowed).toBe(true);
    });
  });

  describe('about a service', () => {
    const principal = {
      service: 'events.amazonaws.com',
      sourceAccount: ACCOUNT_ID,
      sourceArn: 'arn:aws:events:a:b:rule/x',
    };
    const invoke = request({ principal, action: 'lambda:InvokeFunction', resource: FUNCTION_ARN });
    const permission = (changes: JsonObject) =>
      policy(
        [allow({ Principal: { Service: 'events.amazonaws.com' }, Resource: FUNCTION_ARN, ...changes })],
        'resource',
      );

    it.each<[string, JsonObject, boolean]>([
      ['without conditions', {}, true],
      ['for its rule', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:a:b:rule/x' } } }, true],
      [
        'for another rule',
        { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:a:b:rule/y' } } },
        false,
      ],
      ['for the account', { Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT_ID } } }, true],
      ['for another account', { Condition: { StringEquals: { 'aws:SourceAccount': '999' } } }, false],
      ['of another service', { Principal: { Service: 'sns.amazonaws.com' } }, false],
      ['of an alias of the function', { Resource: `${FUNCTION_ARN}:live` }, false],
    ])('evaluates the permission %s: %j', (_which, changes, expected) => {
      const policies = { identity: [], resource: permission(changes), resourceMustAllow: false };

      expect(decide(invoke, policies).allowed).toBe(expected);
    });
  });
});
