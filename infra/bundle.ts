import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { PROJECT } from './commonjs.ts';
import { FUNCTION_NAMES } from './function-list.ts';
import { LICENSES_FILE, thirdPartyLicenses } from './third-party-licenses.ts';

/** Not a real output folder: source maps name their sources relative to it, so they are the same in every folder. */
const NOMINAL_OUTPUT = join(PROJECT, 'bundle');

/** The bundles of all functions. */
export interface FunctionBundles {
  /** Contains a folder for each function. */
  readonly directory: string;
  /** esbuild's metafile. */
  readonly metafile: Metafile;
}

/**
 * Packages that no function loads in Lambda, excluded to shorten cold starts: the AWS SDK's credential providers other
 * than the environment, and a polyfill for streams. The SDK imports each of them only when it needs it.
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

/** esbuild's options. The bundles stay in memory. */
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
 * Bundles every function into `<directory>/<name>/index.js`, with its source map and the licences of the packages in
 * it. The output depends only on the sources and the lock file, so an unchanged function keeps its asset hash on every
 * machine.
 *
 * The bundle contains the AWS SDK, so that the tested version is the one that runs. The output is CommonJS, because some
 * dependencies call `require`; ES modules are preferred as input for tree shaking. Classes keep their names, because
 * Lambda's JSON logs show `constructor.name` as the error's type.
 *
 * @param directory the output folder; default: a temporary directory that is removed when the process ends
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
  // Named after the process: the sandbox removes the directories of killed processes.
  const directory = mkdtempSync(join(tmpdir(), `genesys-token-rotation-${process.pid}-`));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
