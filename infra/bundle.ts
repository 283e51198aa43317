import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { PROJECT } from './commonjs.ts';
import { FUNCTION_NAMES } from './function-list.ts';
import { LICENSES_FILE, thirdPartyLicenses } from './third-party-licenses.ts';

/** Never written to: source maps name their sources relative to it, so that they are the same wherever we write. */
const NOMINAL_OUTPUT = join(PROJECT, 'bundle');

/** The bundles of all functions. */
export interface FunctionBundles {
  /** Where they are, in a folder for each function. */
  readonly directory: string;
  /** esbuild's record of what went into them. */
  readonly metafile: Metafile;
}

/**
 * What a function never loads in Lambda, and so need not be compiled at each cold start: where the AWS SDK looks for
 * credentials and regions outside of the environment, and what stands in for streams that Node.js has. Each is imported
 * at the moment of its use only.
 */
const NEVER_LOADED = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
  'web-streams-polyfill',
];

/** The options that esbuild makes the bundles with, in memory. */
const BUNDLE_OPTIONS = {
  absWorkingDir: PROJECT,
  entryPoints: FUNCTION_NAMES.map(name => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
  outdir: NOMINAL_OUTPUT,
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  external: NEVER_LOADED,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

/**
 * Bundles every function into `<directory>/<name>/index.js`, with its source map and the licences of the packages in it
 * beside it. The output depends on the sources and the lock file only, so that an unchanged function keeps its asset
 * hash on every machine.
 *
 * The AWS SDK is inside, so that what was tested is what runs. The output is CommonJS, so that a dependency that calls
 * `require` works in it; ES modules are preferred as input, because only they can be shaken. Classes keep their names,
 * because Lambda's JSON logs show `constructor.name` as the error's type.
 *
 * @param directory where to write; without it a temporary directory that is removed when the process ends
 */
export async function bundleFunctions(directory: string = temporaryDirectory()): Promise<FunctionBundles> {
  const { outputFiles, metafile } = await build(BUNDLE_OPTIONS);
  for (const { path, contents } of outputFiles) {
    const target = join(directory, relative(NOMINAL_OUTPUT, path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  for (const name of FUNCTION_NAMES) {
    const output = metafile.outputs[`bundle/${name}/index.js`];
    if (output === undefined) throw new Error(`${name} has no bundle.`);
    writeFileSync(join(directory, name, LICENSES_FILE), thirdPartyLicenses([output], PROJECT));
  }
  return { directory, metafile };
}

function temporaryDirectory(): string {
  // The name tells which process it belongs to: the sandbox removes those that a killed process left behind.
  const directory = mkdtempSync(join(tmpdir(), `genesys-token-rotation-${process.pid}-`));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
