import type { Account } from '../aws/account.ts';
import type { JsonObject } from '../json.ts';
import type { FunctionPermission } from '../template/function-resources.ts';
import type { TemplateResourcePolicy } from '../template/resource-policies.ts';
import type { TemplateRole } from '../template/role-resources.ts';
import { parsePolicy } from './policy-document.ts';
import type { Statement } from './statement.ts';
import { UnevaluablePolicy } from './unevaluable-policy.ts';

/** The parsed policies of a role. */
export interface RolePolicies {
  readonly name: string;
  readonly identity: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
  readonly trust: readonly Statement[];
}

/**
 * Parses all policies of a role.
 *
 * @throws UnevaluablePolicy also for a managed policy or permissions boundary that the template does not define
 */
export function rolePolicies(role: TemplateRole): RolePolicies {
  const owner = `role ${role.name}`;
  const [managedPolicyArn] = role.managedPolicyArns;
  if (managedPolicyArn !== undefined) {
    throw new UnevaluablePolicy(
      owner,
      'all',
      `the template does not define the managed policy ${managedPolicyArn}.`,
    );
  }
  const { permissionsBoundary: boundary } = role;
  if (boundary !== undefined && boundary.document === undefined) {
    throw new UnevaluablePolicy(owner, 'all', `the template does not define its boundary ${boundary.arn}.`);
  }
  return {
    name: role.name,
    identity: role.policies.flatMap(({ document }) => parsePolicy(document, owner, 'identity')),
    boundary:
      boundary?.document === undefined
        ? undefined
        : parsePolicy(boundary.document, `the permissions boundary of ${owner}`, 'identity'),
    trust: parsePolicy(role.trust, `the trust policy of ${owner}`, 'trust'),
  };
}

/** A key's policy, as a document and parsed. */
export interface KeyPolicy {
  readonly document: JsonObject;
  readonly statements: readonly Statement[];
}

/**
 * Parses the policy of a key.
 *
 * @throws UnevaluablePolicy
 */
export function keyPolicy(arn: string, document: JsonObject): KeyPolicy {
  return { document, statements: parsePolicy(document, `key ${arn}`, 'resource') };
}

/**
 * The default policy of a key: it delegates to the account's IAM policies.
 *
 * @see AWS KMS Developer Guide, "Default key policy"
 */
export function defaultKeyPolicy({
  partition,
  accountId,
}: Pick<Account, 'partition' | 'accountId'>): JsonObject {
  const root = `arn:${partition}:iam::${accountId}:root`;
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }],
  };
}

/**
 * The statement that an `AWS::Lambda::Permission` adds to its function's policy, as GetPolicy shows it.
 *
 * @see AWS Lambda API Reference, AddPermission
 */
export function functionPolicyStatement(permission: FunctionPermission): JsonObject {
  const { logicalId, functionArn, action, principal, sourceArn, sourceAccount } = permission;
  const isService = principal.endsWith('.amazonaws.com') || principal.endsWith('.amazonaws.com.cn');
  const condition: JsonObject = {
    ...(sourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
    ...(sourceArn !== undefined && { ArnLike: { 'aws:SourceArn': sourceArn } }),
  };
  return {
    Sid: logicalId,
    Effect: 'Allow',
    Principal: isService ? { Service: principal } : { AWS: principal },
    Action: action,
    Resource: functionArn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/**
 * The parsed statement of an `AWS::Lambda::Permission`.
 *
 * @throws UnevaluablePolicy
 */
export function functionStatement(permission: FunctionPermission): Statement[] {
  return parsePolicy(
    { Version: '2012-10-17', Statement: [functionPolicyStatement(permission)] },
    `function ${permission.functionArn}`,
    'resource',
  );
}

/** @throws UnevaluablePolicy */
export function resourcePolicy({ resourceArn, document }: TemplateResourcePolicy): Statement[] {
  return parsePolicy(document, resourceArn, 'resource');
}
