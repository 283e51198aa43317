import { readFileSync, statSync } from 'node:fs';
import * as v from 'valibot';
import type { HistoryLog, StateMachineSpecification } from '../step-functions/state-machine.ts';
import { booleanProperty, documentProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource, TemplateResolver } from './template-resolver.ts';

/** A state machine of the stack. */
export interface TemplateStateMachine extends StateMachineSpecification {
  readonly logicalId: string;
  readonly arn: string;
  /** JSON text after substitutions. */
  readonly definition: string;
}

const stateMachineProperties = v.object({
  StateMachineType: v.optional(v.string(), 'STANDARD'),
  RoleArn: v.string(),
  DefinitionString: v.optional(v.string()),
  Definition: v.optional(documentProperty),
  DefinitionS3Location: v.optional(v.object({ Key: v.string() })),
  DefinitionSubstitutions: v.optional(v.record(v.string(), v.any()), {}),
  LoggingConfiguration: v.optional(
    v.object({
      Level: v.optional(v.string(), 'OFF'),
      IncludeExecutionData: v.optional(booleanProperty, false),
      Destinations: v.optional(
        v.array(v.object({ CloudWatchLogsLogGroup: v.object({ LogGroupArn: v.string() }) })),
        [],
      ),
    }),
    {},
  ),
  TracingConfiguration: v.optional(v.object({ Enabled: v.optional(booleanProperty, false) }), {}),
  EncryptionConfiguration: v.optional(v.object({ KmsKeyId: v.optional(v.string()) }), {}),
});

/**
 * The stack's state machines.
 *
 * @param assetPath the path of a definition, by object key
 * @throws UnresolvableTemplate also for a definition that the assembly does not contain, and for the type EXPRESS
 */
export function stateMachines(
  resolver: TemplateResolver,
  assetPath: (objectKey: string) => string | undefined,
): TemplateStateMachine[] {
  return resolver.resources('AWS::StepFunctions::StateMachine').map(resource => {
    const properties = parseProperties(resource, stateMachineProperties);
    const { DefinitionString, Definition, DefinitionS3Location, DefinitionSubstitutions } = properties;
    if (properties.StateMachineType !== 'STANDARD') {
      throw new UnresolvableTemplate(resource.logicalId, 'StateMachineType', 'only STANDARD is emulated.');
    }
    const text =
      DefinitionString ??
      (Definition && JSON.stringify(Definition)) ??
      fileText(resource, assetPath(DefinitionS3Location?.Key ?? ''));
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId, 'Arn'),
      definition: substitute(text, DefinitionSubstitutions),
      roleArn: properties.RoleArn,
      logging: historyLog(properties.LoggingConfiguration),
      tracing: properties.TracingConfiguration.Enabled,
      kmsKeyId: properties.EncryptionConfiguration.KmsKeyId,
    };
  });
}

function historyLog({
  Level,
  IncludeExecutionData,
  Destinations,
}: v.InferOutput<typeof stateMachineProperties>['LoggingConfiguration']): HistoryLog | undefined {
  if (Level === 'OFF') return undefined;
  return {
    level: Level,
    includeExecutionData: IncludeExecutionData,
    logGroupArns: Destinations.map(destination => destination.CloudWatchLogsLogGroup.LogGroupArn),
  };
}

/** AWS::StepFunctions::StateMachine, "DefinitionSubstitutions": unknown placeholders stay. */
function substitute(text: string, substitutions: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{([^}]*)\}/g, (placeholder, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : placeholder,
  );
}

function fileText(resource: ResolvedResource, file: string | undefined): string {
  if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new UnresolvableTemplate(
      resource.logicalId,
      'DefinitionS3Location',
      'not a file of the cloud assembly.',
    );
  }
  return readFileSync(file, 'utf8');
}
