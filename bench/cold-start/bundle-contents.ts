import type { Metafile } from 'esbuild';

/** The bytes of a package in a bundle. */
export interface PackageBytes {
  /** The package's name; `own code` for what is not from a package. */
  readonly name: string;
  readonly bytes: number;
}

const OWN = 'own code';

/**
 * What a bundle's bytes are spent on, the largest first.
 *
 * @param output the path of the bundle, as it ends in the metafile
 * @throws Error there is no such bundle
 */
export function bundleContents({ outputs }: Pick<Metafile, 'outputs'>, output: string): PackageBytes[] {
  const [, found] = Object.entries(outputs).find(([file]) => file.endsWith(output)) ?? [];
  if (found === undefined) throw new Error(`esbuild made no ${output}.`);
  const sums = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(found.inputs)) {
    const name = packageOf(file);
    sums.set(name, (sums.get(name) ?? 0) + bytesInOutput);
  }
  return [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}

function packageOf(file: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? OWN;
}
