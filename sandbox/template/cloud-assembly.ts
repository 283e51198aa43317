import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Template, templateSchema } from './template.ts';

/** The synthesised project cannot be read. */
export class CloudAssemblyUnreadable extends Error {
  override readonly name = 'CloudAssemblyUnreadable';
}

/** A stack of a cloud assembly. */
export interface AssembledStack {
  readonly stackName: string;
  readonly template: Template;
  /**
   * The path of a file or folder that the stack uploads, by its object key; undefined if the stack does not upload it.
   */
  readonly assetPath: (objectKey: string) => string | undefined;
}

const manifestSchema = v.object({
  artifacts: v.record(
    v.string(),
    v.object({
      type: v.string(),
      dependencies: v.optional(v.array(v.string()), []),
      properties: v.optional(
        v.object({
          templateFile: v.optional(v.string()),
          stackName: v.optional(v.string()),
          file: v.optional(v.string()),
        }),
        {},
      ),
    }),
  ),
});

const assetsSchema = v.object({
  files: v.record(
    v.string(),
    v.object({
      source: v.object({ path: v.optional(v.string()) }),
      destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
    }),
  ),
});

/**
 * Reads a stack from the folder that `cdk synth` writes (AWS CDK, "Cloud assembly schema").
 *
 * @param directory `cdk.out`
 * @param stackName required when the assembly contains several stacks
 * @throws CloudAssemblyUnreadable there is no assembly, no such stack, or the assembly is malformed
 */
export function readStackOfAssembly(directory: string, stackName?: string): AssembledStack {
  const manifestFile = path.join(directory, 'manifest.json');
  if (!statSync(manifestFile, { throwIfNoEntry: false })) {
    throw new CloudAssemblyUnreadable(
      `There is no synthesised project in ${path.resolve(directory)}. Create it with: npm run synth -- -c allSecrets=true`,
    );
  }
  const { artifacts } = read(manifestFile, manifestSchema);
  const stacks = Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({ ...artifact, stackName: artifact.properties.stackName ?? id }));
  const names = stacks.map(stack => stack.stackName).join(', ') || 'none';
  if (stackName === undefined && stacks.length > 1) {
    throw new CloudAssemblyUnreadable(
      `${directory} contains several stacks: ${names}. Synthesise the one that you want into a separate folder.`,
    );
  }
  const stack = stacks.find(candidate => stackName === undefined || candidate.stackName === stackName);
  const templateFile = stack?.properties.templateFile;
  if (stack === undefined || templateFile === undefined) {
    throw new CloudAssemblyUnreadable(
      `${directory} contains no stack ${stackName ?? ''}. Its stacks: ${names}.`,
    );
  }

  const assetFiles = stack.dependencies
    .map(id => artifacts[id])
    .filter(artifact => artifact?.type === 'cdk:asset-manifest')
    .flatMap(artifact => artifact?.properties.file ?? []);
  const assets = new Map<string, string>();
  for (const file of assetFiles) {
    for (const asset of Object.values(read(path.join(directory, file), assetsSchema).files)) {
      // An asset that a command builds later has no path.
      if (asset.source.path === undefined) continue;
      const assetPath = path.resolve(directory, asset.source.path);
      for (const { objectKey } of Object.values(asset.destinations)) assets.set(objectKey, assetPath);
    }
  }
  return {
    stackName: stack.stackName,
    template: read(path.join(directory, templateFile), templateSchema),
    assetPath: objectKey => assets.get(objectKey),
  };
}

function read<Schema extends v.GenericSchema>(file: string, schema: Schema): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CloudAssemblyUnreadable(
      `${file} cannot be read (${error instanceof Error ? error.message : 'unknown'}). Regenerate it with: npm run synth`,
    );
  }
}
