import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { roleSession } from '../../../sandbox/iam/principal.ts';
import { UnevaluablePolicy } from '../../../sandbox/iam/unevaluable-policy.ts';
import { document, permissionsOf, role } from '../../helpers/stack-permissions.ts';
import { ROLE_ARN, SECRET_ARN, SESSION } from './policies.ts';

const READ = {
  Sid: 'Read',
  Effect: 'Allow',
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  Resource: SECRET_ARN,
};
const GET = { action: 'secretsmanager:GetSecretValue', resource: SECRET_ARN };
const PUT = { action: 'secretsmanager:PutSecretValue', resource: SECRET_ARN };
const DESCRIBE = { action: 'secretsmanager:DescribeSecret', resource: SECRET_ARN };
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:rotation';
const KEY = {
  logicalId: 'Key',
  keyId: 'one',
  arn: 'arn:aws:kms:us-east-1:123456789012:key/one',
  aliases: [],
  enableKeyRotation: false,
};

const refusalOf = (call: () => void): AwsError => {
  try {
    call();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('The call was allowed.');
};

describe('the permissions of a stack', () => {
  it("allow what a role's policies allow, and refuse the rest with AWS's message", () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });

    permissions.authorize(SESSION, GET);
    const refusal = refusalOf(() => permissions.authorize(SESSION, PUT));

    expect(refusal).toMatchObject({
      type: 'AccessDeniedException',
      statusCode: 400,
      message: `User: arn:aws:sts::123456789012:assumed-role/reader/session is not authorized to perform: secretsmanager:PutSecretValue on resource: ${SECRET_ARN} because no identity-based policy allows the secretsmanager:PutSecretValue action`,
    });
  });

  it('report an explicit deny', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ, { ...READ, Effect: 'Deny' }])] });

    expect(refusalOf(() => permissions.authorize(SESSION, GET)).message).toMatch(
      / with an explicit deny in an identity-based policy$/,
    );
  });

  it('allow nothing to an unknown principal', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    const unknown = roleSession(`${ROLE_ARN}-of-elsewhere`, 'session');

    expect(permissions.allows(unknown, GET)).toBe(false);
    expect(
      permissions.allows({ accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/me' }, GET),
    ).toBe(false);
  });

  it("allow what a user's policy allows", () => {
    const arn = 'arn:aws:iam::123456789012:user/operator';
    const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });
    const permissions = permissionsOf({ users: { [arn]: everything } });

    expect(permissions.allows({ accountId: '123456789012', arn }, PUT)).toBe(true);
  });

  it('delegate to the roles for a key without a policy', () => {
    const decrypt = { action: 'kms:Decrypt', resource: KEY.arn };
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY.arn };
    const permissions = permissionsOf({ keys: [KEY], roles: [role('reader', [statement])] });

    expect(permissions.allows(SESSION, decrypt)).toBe(true);
  });

  it("require the key's policy in addition to the role's", () => {
    const decrypt = { action: 'kms:Decrypt', resource: KEY.arn };
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY.arn };
    const policy = document({
      Effect: 'Allow',
      Action: 'kms:DescribeKey',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Resource: '*',
    });
    const permissions = permissionsOf({ keys: [{ ...KEY, policy }], roles: [role('reader', [statement])] });

    expect(refusalOf(() => permissions.authorize(SESSION, decrypt)).message).toContain(
      'because no resource-based policy allows the kms:Decrypt action',
    );
  });

  describe('with a key policy that denies a use to all but one role', () => {
    const decrypt = { action: 'kms:Decrypt', resource: KEY.arn };
    const statement = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
    const allowAccount = {
      Effect: 'Allow',
      Action: 'kms:*',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Resource: '*',
    };
    const denyOthers = {
      Effect: 'Deny',
      Action: 'kms:Decrypt',
      Principal: { AWS: '*' },
      Resource: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': [ROLE_ARN] } },
    };
    const operator = { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/operator' };
    const world = () =>
      permissionsOf({
        keys: [{ ...KEY, policy: document(allowAccount, denyOthers) }],
        roles: [role('reader', [statement]), role('other', [statement])],
        users: { [operator.arn]: document({ Effect: 'Allow', Action: '*', Resource: '*' }) },
      });

    it('deny it to everyone else, regardless of IAM policies', () => {
      const permissions = world();
      const other = roleSession('arn:aws:iam::123456789012:role/other', 'session');

      expect(permissions.allows(SESSION, decrypt)).toBe(true);
      expect(permissions.allows(other, decrypt)).toBe(false);
      expect(refusalOf(() => permissions.authorize(operator, decrypt)).message).toContain(
        'with an explicit deny in a resource-based policy',
      );
      expect(
        permissions.allows({ service: 'lambda.amazonaws.com', sourceAccount: '123456789012' }, decrypt),
      ).toBe(false);
    });

    it('allow what a new policy allows', () => {
      const permissions = world();

      permissions.replaceKeyPolicy(KEY.arn, document(allowAccount), operator);

      expect(permissions.allows(operator, decrypt)).toBe(true);
      expect(permissions.keyPolicy(KEY.arn)).toEqual(document(allowAccount));
    });

    it('reject a new policy that locks out its author', () => {
      const permissions = world();
      const lockOut = { ...denyOthers, Action: 'kms:PutKeyPolicy' };

      const replace = () => permissions.replaceKeyPolicy(KEY.arn, document(allowAccount, lockOut), operator);

      expect(refusalOf(replace).type).toBe('MalformedPolicyDocumentException');
      expect(permissions.keyPolicy(KEY.arn)).toEqual(document(allowAccount, denyOthers));
    });
  });

  it('allow a service to invoke a function for the resource in the permission', () => {
    const permissions = permissionsOf({
      permissions: [
        {
          logicalId: 'Permission',
          functionArn: FUNCTION_ARN,
          action: 'lambda:InvokeFunction',
          principal: 'events.amazonaws.com',
          sourceArn: 'arn:aws:events:us-east-1:123456789012:rule/one',
        },
      ],
    });
    const events = { service: 'events.amazonaws.com', sourceAccount: '123456789012' };
    const invoke = { action: 'lambda:InvokeFunction', resource: FUNCTION_ARN };
    const by = (rule: string) => ({
      ...events,
      sourceArn: `arn:aws:events:us-east-1:123456789012:rule/${rule}`,
    });

    expect(permissions.allows(by('one'), invoke)).toBe(true);
    expect(permissions.allows(by('two'), invoke)).toBe(false);
    expect(refusalOf(() => permissions.authorize(by('two'), invoke))).toMatchObject({
      type: 'AccessDeniedException',
      statusCode: 403,
    });
  });

  it('evaluate the policy of a topic', () => {
    const topic = 'arn:aws:sns:us-east-1:123456789012:failures';
    const statement = {
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: topic,
    };
    const permissions = permissionsOf({
      resourcePolicies: [{ resourceArn: topic, document: document(statement) }],
    });
    const publish = { action: 'sns:Publish', resource: topic };

    const by = (service: string) => ({ service, sourceAccount: '123456789012' });
    expect(permissions.allows(by('cloudwatch.amazonaws.com'), publish)).toBe(true);
    expect(permissions.allows(by('events.amazonaws.com'), publish)).toBe(false);
  });

  it('allow a service to assume a role that trusts it, for its own account', () => {
    const trust = document({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
    const permissions = permissionsOf({ roles: [role('reader', [READ], { trust })] });
    const by = (service: string, sourceAccount = '123456789012') => ({ service, sourceAccount });

    expect(permissions.mayAssume(ROLE_ARN, by('states.amazonaws.com'))).toBe(true);
    expect(permissions.mayAssume(ROLE_ARN, by('lambda.amazonaws.com'))).toBe(false);
    expect(permissions.mayAssume(ROLE_ARN, by('states.amazonaws.com', '999999999999'))).toBe(false);
    expect(permissions.mayAssume(`${ROLE_ARN}-2`, by('states.amazonaws.com'))).toBe(false);
  });

  it("are limited by the role's boundary", () => {
    const boundary = document({ Effect: 'Allow', Action: 'secretsmanager:Describe*', Resource: '*' });
    const permissionsBoundary = { arn: 'arn:aws:iam::123456789012:policy/limit', document: boundary };
    const permissions = permissionsOf({ roles: [role('reader', [READ], { permissionsBoundary })] });

    expect(permissions.allows(SESSION, DESCRIBE)).toBe(true);
    expect(refusalOf(() => permissions.authorize(SESSION, GET)).message).toContain(
      'because no permissions boundary allows',
    );
  });

  it.each([
    ['a boundary', { permissionsBoundary: { arn: 'arn:aws:iam::123456789012:policy/limit' } }],
    ['a managed policy', { managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }],
  ])('cannot be evaluated with %s that is not in the template', (_what, changes) => {
    expect(() => permissionsOf({ roles: [role('reader', [READ], changes)] })).toThrow(UnevaluablePolicy);
  });

  it('remember that a call could not be evaluated', () => {
    const statement = {
      Effect: 'Allow',
      Action: 'secretsmanager:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
    };
    const permissions = permissionsOf({ roles: [role('reader', [statement])] });
    permissions.throwIfUnevaluable();

    expect(() => permissions.allows(SESSION, GET)).toThrow(UnevaluablePolicy);

    expect(() => permissions.throwIfUnevaluable()).toThrow(UnevaluablePolicy);
  });
});

describe('the record of grants', () => {
  it('lists grants by action and resource, and those that were used', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    const granted = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'].map(action => ({
      role: 'reader',
      sid: 'Read',
      action,
      resource: SECRET_ARN,
    }));

    permissions.authorize(SESSION, DESCRIBE);

    expect(permissions.granted()).toEqual(granted);
    expect(permissions.used()).toEqual(granted.slice(1));
  });

  it('revokes a grant until it is restored', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });

    const restore = permissions.revoke({ role: 'reader', action: 'secretsmanager:GetSecretValue' });

    expect(permissions.allows(SESSION, GET)).toBe(false);
    expect(permissions.allows(SESSION, DESCRIBE)).toBe(true);
    restore();
    expect(permissions.allows(SESSION, GET)).toBe(true);
  });

  it('keeps a grant revoked when one of its two revocations is restored twice', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    const restore = permissions.revoke({ sid: 'Read' });
    permissions.revoke({ role: 'reader' });

    restore();
    restore();

    expect(permissions.allows(SESSION, GET)).toBe(false);
  });

  it('refuses to revoke a grant that does not exist', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });

    expect(() => permissions.revoke({ sid: 'Write' })).toThrow('no grant');
  });

  it('distinguishes a denial after a revocation from one by the policies', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    permissions.revoke({ action: GET.action });

    permissions.allows(SESSION, GET);
    permissions.allows(SESSION, PUT);

    expect(permissions.denials()).toEqual([
      { caller: SESSION.arn, ...GET, expected: true },
      { caller: SESSION.arn, ...PUT, expected: false },
    ]);
  });

  it('marks every denial of a caller outside the stack as expected', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    const unknown = roleSession('arn:aws:iam::123456789012:role/unknown', 'session');

    permissions.expectDenial({ caller: unknown.arn });
    permissions.allows(unknown, GET);

    expect(permissions.denials()).toMatchObject([{ caller: unknown.arn, expected: true }]);
  });

  it('marks a denial of a role of the stack as expected only for the given action and resource', () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });

    permissions.expectDenial({ caller: SESSION.arn, ...PUT });
    permissions.allows(SESSION, PUT);
    permissions.allows(SESSION, { ...PUT, resource: `${SECRET_ARN}-2` });

    expect(permissions.denials().map(({ expected }) => expected)).toEqual([true, false]);
    expect(() => permissions.expectDenial({ caller: SESSION.arn, action: PUT.action })).toThrow();
  });
});
