import * as v from 'valibot';
import type { JsonObject } from '../json.ts';
import { documentProperty, parseProperties } from './resource-properties.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** An IAM role of the stack. */
export interface TemplateRole {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Its trust policy. */
  readonly trust: JsonObject;
  /** Its policies from the stack: inline, attached, and the stack's managed policies. */
  readonly policies: readonly { readonly name: string; readonly document: JsonObject }[];
  /** Managed policies outside the stack, such as AWS's. */
  readonly managedPolicyArns: readonly string[];
  /** Its permissions boundary. Without a document when it is outside the stack. */
  readonly permissionsBoundary?:
    | { readonly arn: string; readonly document?: JsonObject | undefined }
    | undefined;
}

const inlinePolicy = v.object({ PolicyName: v.string(), PolicyDocument: documentProperty });
const roleProperties = v.object({
  AssumeRolePolicyDocument: documentProperty,
  Policies: v.optional(v.array(inlinePolicy), []),
  ManagedPolicyArns: v.optional(v.array(v.string()), []),
  PermissionsBoundary: v.optional(v.string()),
});
const attachedPolicy = v.object({ ...inlinePolicy.entries, Roles: v.optional(v.array(v.string()), []) });
const rolePolicy = v.object({
  PolicyName: v.string(),
  PolicyDocument: v.optional(documentProperty, {}),
  RoleName: v.string(),
});
const managedPolicy = v.object({
  PolicyDocument: documentProperty,
  Roles: v.optional(v.array(v.string()), []),
});

/** The stack's roles with their policies. */
export function roles(resolver: TemplateResolver): TemplateRole[] {
  const attached = [
    ...resolver.resources('AWS::IAM::Policy').map(resource => parseProperties(resource, attachedPolicy)),
    ...resolver.resources('AWS::IAM::RolePolicy').map(resource => {
      const { RoleName, ...policy } = parseProperties(resource, rolePolicy);
      return { ...policy, Roles: [RoleName] };
    }),
  ];
  const managed = resolver.resources('AWS::IAM::ManagedPolicy').map(resource => ({
    ...parseProperties(resource, managedPolicy),
    PolicyName: resource.name ?? resource.logicalId,
    arn: resolver.attribute(resource.logicalId),
  }));

  return resolver.resources('AWS::IAM::Role').map(resource => {
    const properties = parseProperties(resource, roleProperties);
    const name = resource.name ?? '';
    const policies = [
      ...properties.Policies,
      ...attached.filter(policy => policy.Roles.includes(name)),
      ...managed.filter(
        policy => policy.Roles.includes(name) || properties.ManagedPolicyArns.includes(policy.arn),
      ),
    ];
    return {
      logicalId: resource.logicalId,
      name,
      arn: resolver.attribute(resource.logicalId, 'Arn'),
      trust: properties.AssumeRolePolicyDocument,
      policies: policies.map(policy => ({ name: policy.PolicyName, document: policy.PolicyDocument })),
      managedPolicyArns: properties.ManagedPolicyArns.filter(arn => managed.every(own => own.arn !== arn)),
      ...(properties.PermissionsBoundary !== undefined && {
        permissionsBoundary: {
          arn: properties.PermissionsBoundary,
          document: managed.find(own => own.arn === properties.PermissionsBoundary)?.PolicyDocument,
        },
      }),
    };
  });
}
