import {
  type EvaluationResult,
  IAMClient,
  paginateSimulatePrincipalPolicy,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { iam } from '../../../sandbox/iam/iam.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { document, permissionsOf, role, type TestStack } from '../../helpers/stack-permissions.ts';
import { ROLE_ARN, SECRET_ARN } from './policies.ts';

const GET = 'secretsmanager:GetSecretValue';
const PUT = 'secretsmanager:PutSecretValue';
const OTHER_SECRET_ARN = `${SECRET_ARN}-other`;
const READ = { Sid: 'Read', Effect: 'Allow', Action: GET, Resource: SECRET_ARN };
const OWN_FUNCTION = 'secretsmanager:resource/AllowRotationLambdaArn';
const CONDITIONAL = { ...READ, Condition: { StringEquals: { [OWN_FUNCTION]: 'function-arn' } } };

type SimulationInput = Partial<SimulatePrincipalPolicyCommandInput>;

/** An account with only the roles of a test stack. */
async function account(stack: TestStack) {
  const permissions = permissionsOf(stack);
  const aws = await serveAws([iam(permissions)]);
  const client = new IAMClient(aws.client);
  const input = (changes: SimulationInput) => ({
    PolicySourceArn: ROLE_ARN,
    ActionNames: [GET],
    ResourceArns: [SECRET_ARN],
    ...changes,
  });
  return {
    aws,
    client,
    permissions,
    input,
    simulate: (changes: SimulationInput = {}) =>
      client.send(new SimulatePrincipalPolicyCommand(input(changes))),
  };
}

function context(name: string, ...values: string[]) {
  return { ContextKeyName: name, ContextKeyValues: values, ContextKeyType: 'stringList' as const };
}

function decisions(results: readonly EvaluationResult[] | undefined) {
  return results?.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]);
}

describe('SimulatePrincipalPolicy', () => {
  it('returns a result for each action, and for each of its resources', async () => {
    const { simulate } = await account({ roles: [role('reader', [READ])] });

    const { EvaluationResults, IsTruncated } = await simulate({
      ActionNames: [GET, PUT],
      ResourceArns: [SECRET_ARN, OTHER_SECRET_ARN],
    });

    expect(IsTruncated).toBe(false);
    expect(decisions(EvaluationResults)).toEqual([
      [GET, 'implicitDeny'],
      [PUT, 'implicitDeny'],
    ]);
    expect(EvaluationResults?.[0]?.ResourceSpecificResults).toMatchObject([
      { EvalResourceName: SECRET_ARN, EvalResourceDecision: 'allowed' },
      { EvalResourceName: OTHER_SECRET_ARN, EvalResourceDecision: 'implicitDeny' },
    ]);
  });

  it('reports an explicit deny', async () => {
    const { simulate } = await account({ roles: [role('reader', [READ, { ...READ, Effect: 'Deny' }])] });

    expect(decisions((await simulate()).EvaluationResults)).toEqual([[GET, 'explicitDeny']]);
  });

  it("uses only the caller's condition keys, and names those that are missing", async () => {
    const region = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
    const { simulate } = await account({
      roles: [role('reader', [CONDITIONAL, { ...READ, Action: PUT, Condition: region }])],
    });

    const without = await simulate();
    const withKey = await simulate({ ContextEntries: [context(OWN_FUNCTION, 'function-arn')] });
    const withAnother = await simulate({ ContextEntries: [context(OWN_FUNCTION, 'another-arn')] });

    expect(without.EvaluationResults?.[0]).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: [OWN_FUNCTION, 'aws:RequestedRegion'],
    });
    expect(withKey.EvaluationResults?.[0]).toMatchObject({
      EvalDecision: 'allowed',
      MissingContextValues: ['aws:RequestedRegion'],
    });
    expect(decisions(withAnother.EvaluationResults)).toEqual([[GET, 'implicitDeny']]);
  });

  it('reports whether the boundary denies', async () => {
    const permissionsBoundary = { arn: 'boundary-arn', document: document({ ...READ, Action: PUT }) };
    const { simulate } = await account({ roles: [role('reader', [READ], { permissionsBoundary })] });

    expect((await simulate()).EvaluationResults).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
    ]);
  });

  it('ignores resource-based policies', async () => {
    const statement = { ...READ, Action: PUT, Principal: { AWS: ROLE_ARN } };
    const { simulate } = await account({
      roles: [role('reader', [READ])],
      resourcePolicies: [{ resourceArn: SECRET_ARN, document: document(statement) }],
    });

    expect(decisions((await simulate({ ActionNames: [PUT] })).EvaluationResults)).toEqual([
      [PUT, 'implicitDeny'],
    ]);
  });

  it('paginates the results', async () => {
    const { client, input } = await account({ roles: [role('reader', [READ])] });
    const pages: number[] = [];

    for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy(
      { client, pageSize: 2 },
      input({ ActionNames: [GET, PUT, 'secretsmanager:DescribeSecret'] }),
    )) {
      pages.push(EvaluationResults.length);
    }

    expect(pages).toEqual([2, 1]);
  });

  it('records neither a used grant nor a denial, but respects revoked grants', async () => {
    const { simulate, permissions } = await account({ roles: [role('reader', [READ])] });

    const before = await simulate({ ActionNames: [GET, PUT] });
    permissions.revoke({ role: 'reader', action: GET });
    const after = await simulate();

    expect(decisions(before.EvaluationResults)).toEqual([
      [GET, 'allowed'],
      [PUT, 'implicitDeny'],
    ]);
    expect(decisions(after.EvaluationResults)).toEqual([[GET, 'implicitDeny']]);
    expect(permissions.used()).toEqual([]);
    expect(permissions.denials()).toEqual([]);
  });

  it('rejects an unknown role or user', async () => {
    const { simulate } = await account({ roles: [role('reader', [READ])] });

    await expect(simulate({ PolicySourceArn: `${ROLE_ARN}-other` })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name reader-other cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each([
    ['ResourcePolicy', { ResourcePolicy: '{}' }],
    ['PolicyInputList', { PolicyInputList: ['{}'] }],
    ['CallerArn', { CallerArn: ROLE_ARN }],
  ])('refuses the member %s, which would change the result', async (name, member) => {
    const { simulate } = await account({ roles: [role('reader', [READ])] });

    const first = name.charAt(0).toLowerCase() + name.slice(1);
    await expect(simulate(member)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(`'${first}' failed to satisfy constraint`),
    });
  });

  it("is refused to callers without the permission, with IAM's message", async () => {
    const permissions = permissionsOf({ roles: [role('reader', [READ])] });
    const aws = await serveAws([iam(permissions)], { authorizer: permissions });

    const call = new IAMClient(aws.client).send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: ROLE_ARN, ActionNames: [GET] }),
    );

    await expect(call).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${ROLE_ARN}`,
      ),
      $metadata: { httpStatusCode: 403 },
    });
  });
});
