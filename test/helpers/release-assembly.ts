import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { type Release, release } from '../../infra/release/release.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';

/** The parameters of a release deployed in a test. */
const RELEASE_PARAMETERS = {
  CodeBucket: 'code',
  SecretArnPattern: 'arn:aws*:secretsmanager:*:*:secret:*',
};

/**
 * Writes a release as an assembly for the sandbox, with its archives unpacked, as Lambda unpacks them.
 *
 * @param bundles the folder with the functions' bundles
 * @returns the folder for the sandbox
 */
export function releaseAssembly(directory: string, bundles: string, stackName: string): string {
  const files = release(bundles);
  const archives = Object.entries(files).filter(([name]) => name.endsWith('.zip'));
  for (const [archiveName, archive] of archives) {
    mkdirSync(join(directory, archiveName), { recursive: true });
    for (const [name, content] of Object.entries(unpacked(archive)))
      writeFileSync(join(directory, archiveName, name), content);
  }
  writeFileSync(join(directory, 'template.json'), templateOf(files));
  const assets = Object.fromEntries(
    archives.map(([name]) => [name, { source: { path: name }, destinations: { code: { objectKey: name } } }]),
  );
  const manifest = {
    artifacts: {
      assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
      [stackName]: {
        type: 'aws:cloudformation:stack',
        dependencies: ['assets'],
        properties: { templateFile: 'template.json' },
      },
    },
  };
  writeFileSync(join(directory, 'assets.json'), JSON.stringify({ files: assets }));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}

/** Creates the release of this project, as `npm run release` does, for a sandbox. */
export async function deployedRelease(): Promise<
  Required<Pick<SandboxOptions, 'assemblyDirectory' | 'parameters'>>
> {
  const directory = mkdtempSync(join(inject('scratchDirectory'), 'release-'));
  const { directory: bundles } = await bundleFunctions(join(directory, 'bundles'));
  return {
    assemblyDirectory: releaseAssembly(directory, bundles, 'genesys-token-rotation'),
    parameters: RELEASE_PARAMETERS,
  };
}

/** The text of the template that has parameters for the location of the code. */
export function templateOf(files: Release): string {
  return files['template.json']?.toString() ?? '';
}

/** Reads the files of an uncompressed archive by their local headers. */
export function unpacked(archive: Buffer): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  let offset = 0;
  while (archive.readUInt32LE(offset) === 0x04034b50) {
    const [size, nameLength] = [archive.readUInt32LE(offset + 18), archive.readUInt16LE(offset + 26)];
    const begin = offset + 30 + nameLength;
    files[archive.toString('utf8', offset + 30, begin)] = archive.subarray(begin, begin + size);
    offset = begin + size;
  }
  return files;
}
