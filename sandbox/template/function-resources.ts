import { statSync } from 'node:fs';
import * as v from 'valibot';
import type { FunctionDefinition } from '../lambda/function-definition.ts';
import { functionArn, type StackEnvironment } from './resource-kinds.ts';
import { numberProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource, TemplateResolver } from './template-resolver.ts';

/** A Lambda function of the stack. */
export interface TemplateFunction extends FunctionDefinition {
  readonly logicalId: string;
  readonly arn: string;
}

/** A statement of a function's resource policy (`AWS::Lambda::Permission`). */
export interface FunctionPermission {
  readonly logicalId: string;
  readonly functionArn: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
}

const functionProperties = v.object({
  Code: v.object({ S3Key: v.string() }),
  Handler: v.string(),
  Runtime: v.string(),
  Role: v.string(),
  // Defaults: AWS CloudFormation Template Reference, AWS::Lambda::Function.
  Timeout: v.optional(numberProperty, 3),
  MemorySize: v.optional(numberProperty, 128),
  Environment: v.optional(
    v.object({ Variables: v.optional(v.record(v.string(), v.pipe(v.any(), v.transform(String))), {}) }),
    {},
  ),
  LoggingConfig: v.optional(
    v.object({
      LogGroup: v.optional(v.string()),
      LogFormat: v.optional(v.picklist(['Text', 'JSON']), 'Text'),
    }),
    { LogFormat: 'Text' },
  ),
  ReservedConcurrentExecutions: v.optional(numberProperty),
  TracingConfig: v.optional(v.object({ Mode: v.optional(v.string()) }), {}),
  VpcConfig: v.optional(
    v.object({
      SubnetIds: v.optional(v.array(v.string()), []),
      SecurityGroupIds: v.optional(v.array(v.string()), []),
    }),
  ),
});
const versionProperties = v.object({ FunctionName: v.string() });
const aliasProperties = v.object({ FunctionName: v.string(), Name: v.string(), FunctionVersion: v.string() });
const permissionProperties = v.object({
  FunctionName: v.string(),
  Action: v.string(),
  Principal: v.string(),
  SourceArn: v.optional(v.string()),
  SourceAccount: v.optional(v.string()),
  // Conditions that are not emulated; ignoring them would allow too much.
  EventSourceToken: v.optional(v.never()),
  FunctionUrlAuthType: v.optional(v.never()),
  InvokedViaFunctionUrl: v.optional(v.never()),
  PrincipalOrgID: v.optional(v.never()),
});

/**
 * The stack's functions with their published versions and aliases.
 *
 * @param assetPath the path of the code, by object key
 * @throws UnresolvableTemplate also for code that is not a folder of the assembly
 */
export function functions(
  resolver: TemplateResolver,
  environment: StackEnvironment,
  assetPath: (objectKey: string) => string | undefined,
): TemplateFunction[] {
  const versions = resolver.resources('AWS::Lambda::Version').map(resource => ({
    arn: functionArn(environment, parseProperties(resource, versionProperties).FunctionName),
    version: resolver.attribute(resource.logicalId, 'Version'),
  }));
  const aliases = resolver.resources('AWS::Lambda::Alias').map(resource => {
    const { FunctionName, Name, FunctionVersion } = parseProperties(resource, aliasProperties);
    return { arn: functionArn(environment, FunctionName), name: Name, version: FunctionVersion };
  });

  return resolver.resources('AWS::Lambda::Function').map(resource => {
    const properties = parseProperties(resource, functionProperties);
    const arn = resolver.attribute(resource.logicalId, 'Arn');
    const name = resource.name ?? '';
    return {
      logicalId: resource.logicalId,
      name,
      arn,
      handler: properties.Handler,
      codeDirectory: codeDirectory(resource, assetPath(properties.Code.S3Key)),
      runtime: properties.Runtime,
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      environment: properties.Environment.Variables ?? {},
      roleArn: properties.Role,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      logGroupName: properties.LoggingConfig.LogGroup ?? `/aws/lambda/${name}`,
      logFormat: properties.LoggingConfig.LogFormat,
      ...(properties.TracingConfig.Mode === 'Active' && { tracing: true }),
      ...((properties.VpcConfig?.SubnetIds ?? []).length > 0 && {
        vpc: {
          subnetIds: properties.VpcConfig?.SubnetIds ?? [],
          securityGroupIds: properties.VpcConfig?.SecurityGroupIds ?? [],
        },
      }),
      versions: versions.filter(version => version.arn === arn).map(({ version }) => version),
      aliases: Object.fromEntries(
        aliases.filter(alias => alias.arn === arn).map(alias => [alias.name, alias.version]),
      ),
    };
  });
}

/** The resource policies of the stack's functions. */
export function permissions(resolver: TemplateResolver, environment: StackEnvironment): FunctionPermission[] {
  return resolver.resources('AWS::Lambda::Permission').map(resource => {
    const properties = parseProperties(resource, permissionProperties);
    return {
      logicalId: resource.logicalId,
      functionArn: functionArn(environment, properties.FunctionName),
      action: properties.Action,
      principal: properties.Principal,
      sourceArn: properties.SourceArn,
      sourceAccount: properties.SourceAccount,
    };
  });
}

function codeDirectory(resource: ResolvedResource, directory: string | undefined): string {
  if (directory === undefined || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UnresolvableTemplate(resource.logicalId, 'Code', 'not a folder of the cloud assembly.');
  }
  return directory;
}
