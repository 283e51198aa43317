import type { Account } from '../aws/account.ts';
import { readStackOfAssembly } from './cloud-assembly.ts';
import {
  type FunctionPermission,
  functions,
  permissions,
  type TemplateFunction,
} from './function-resources.ts';
import { keys, type TemplateKey } from './key-resources.ts';
import { resourcePolicies, type TemplateResourcePolicy } from './resource-policies.ts';
import { roles, type TemplateRole } from './role-resources.ts';
import { rules, type TemplateRule } from './rule-resources.ts';
import {
  rotationSchedules,
  secrets,
  type TemplateRotationSchedule,
  type TemplateSecret,
} from './secret-resources.ts';
import { stateMachines, type TemplateStateMachine } from './state-machine-resources.ts';
import { type TemplateTable, tables } from './table-resources.ts';
import { type ResolvedResource, TemplateResolver } from './template-resolver.ts';
import { subscriptions, type TemplateSubscription, type TemplateTopic, topics } from './topic-resources.ts';

/** A synthesised stack as deployed, with all intrinsic functions evaluated. */
export interface StackModel {
  readonly stackName: string;
  readonly functions: readonly TemplateFunction[];
  readonly permissions: readonly FunctionPermission[];
  readonly stateMachines: readonly TemplateStateMachine[];
  readonly keys: readonly TemplateKey[];
  readonly roles: readonly TemplateRole[];
  readonly resourcePolicies: readonly TemplateResourcePolicy[];
  readonly secrets: readonly TemplateSecret[];
  readonly rotationSchedules: readonly TemplateRotationSchedule[];
  readonly topics: readonly TemplateTopic[];
  readonly subscriptions: readonly TemplateSubscription[];
  readonly rules: readonly TemplateRule[];
  readonly tables: readonly TemplateTable[];
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * The resources of any type, e.g. `AWS::Logs::LogGroup`.
   *
   * @throws UnresolvableTemplate a property cannot be resolved
   */
  readonly resources: (type: string) => readonly ResolvedResource[];
}

/**
 * Reads a stack of a synthesised project and resolves its values as CloudFormation does. Names that CloudFormation
 * would generate are `<Stack>-<LogicalId>-<suffix>`, and stable.
 *
 * @param options.assemblyDirectory the folder that `cdk synth` wrote
 * @param options.stackName         required when there are several stacks
 * @param options.parameters        values of the template's parameters that differ from their defaults
 * @throws CloudAssemblyUnreadable there is no synthesised project or no such stack
 * @throws UnresolvableTemplate    a value cannot be resolved; the message names the resource and the intrinsic function
 */
export function readStack(
  options: Account & {
    readonly assemblyDirectory: string;
    readonly stackName?: string | undefined;
    readonly parameters?: Readonly<Record<string, string>> | undefined;
  },
): StackModel {
  const { stackName, template, assetPath } = readStackOfAssembly(
    options.assemblyDirectory,
    options.stackName,
  );
  const { accountId, region, partition } = options;
  const environment = { accountId, region, partition, stackName };
  const resolver = new TemplateResolver(template, environment, options.parameters);
  return {
    stackName,
    functions: functions(resolver, environment, assetPath),
    permissions: permissions(resolver, environment),
    stateMachines: stateMachines(resolver, assetPath),
    keys: keys(resolver),
    roles: roles(resolver),
    resourcePolicies: resourcePolicies(resolver),
    secrets: secrets(resolver),
    rotationSchedules: rotationSchedules(resolver),
    topics: topics(resolver),
    subscriptions: subscriptions(resolver),
    rules: rules(resolver),
    tables: tables(resolver),
    outputs: resolver.outputs(),
    resources: type => resolver.resources(type),
  };
}
