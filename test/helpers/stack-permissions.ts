import { Permissions } from '../../sandbox/iam/permissions.ts';
import type { JsonObject } from '../../sandbox/json.ts';
import type { FunctionPermission } from '../../sandbox/template/function-resources.ts';
import type { TemplateKey } from '../../sandbox/template/key-resources.ts';
import type { TemplateResourcePolicy } from '../../sandbox/template/resource-policies.ts';
import type { TemplateRole } from '../../sandbox/template/role-resources.ts';

/** The policies of a fictitious stack; all are optional. */
export interface TestStack {
  readonly accountId?: string;
  readonly region?: string;
  readonly roles?: readonly TemplateRole[];
  readonly keys?: readonly TemplateKey[];
  readonly permissions?: readonly FunctionPermission[];
  readonly resourcePolicies?: readonly TemplateResourcePolicy[];
  readonly users?: Readonly<Record<string, JsonObject>>;
}

/** A policy document of these statements. */
export function document(...statements: readonly JsonObject[]): JsonObject {
  return { Version: '2012-10-17', Statement: statements };
}

/** A role that trusts a service and has one policy. */
export function role(
  name: string,
  statements: readonly JsonObject[],
  changes: Partial<TemplateRole> & { readonly accountId?: string; readonly service?: string } = {},
): TemplateRole {
  const { accountId = '123456789012', service = 'lambda.amazonaws.com', ...others } = changes;
  return {
    logicalId: name,
    name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    trust: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }),
    policies: [{ name: 'Grants', document: document(...statements) }],
    managedPolicyArns: [],
    ...others,
  };
}

/** The permissions of a fictitious stack. */
export function permissionsOf(stack: TestStack): Permissions {
  const { accountId = '123456789012', region = 'us-east-1', users = {}, ...policies } = stack;
  return new Permissions({
    accountId,
    region,
    partition: 'aws',
    users,
    stack: { roles: [], keys: [], permissions: [], resourcePolicies: [], ...policies },
  });
}
