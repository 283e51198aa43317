import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS, bundleFunctions, type FunctionBundles } from '../../infra/bundle.ts';
import { codeDirectory } from '../../infra/bundles-folder.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-list.ts';
import { bundleContents, type PackageBytes } from './bundle-contents.ts';
import { type InitSample, initTimes } from './init-time.ts';
import { installedFiles } from './installed-package.ts';
import { zippedBytes } from './zipped-size.ts';

/** How large the code of a function is. */
export interface CodeSize {
  readonly rawBytes: number;
  readonly zippedBytes: number;
}

/** A function of ours. */
export interface FunctionFigures {
  readonly size: CodeSize;
  /** What the zipped size would be if nothing were left out of the bundle. */
  readonly completeZippedBytes: number;
  readonly contents: readonly PackageBytes[];
  readonly init: InitSample;
}

/** What a cold start is made of, all from one run on one machine. */
export interface ColdStartReport {
  /** How often each process was started; times and memory are medians. */
  readonly repetitions: number;
  readonly functions: Readonly<Record<FunctionName, FunctionFigures>>;
  /** A handler that does nothing. */
  readonly empty: InitSample;
  /** A handler that loads Node.js's own modules for HTTPS and signatures, and nothing else. */
  readonly connected: InitSample;
  /** One Lambda for the whole rotation, with the complete SDKs in `node_modules`. */
  readonly single: { readonly size: CodeSize; readonly init: InitSample };
}

const HERE = import.meta.dirname;

/** What the refresh Lambda of the Genesys Cloud blueprint depends on. */
const SINGLE_LAMBDA_PACKAGES = ['@aws-sdk/client-secrets-manager', 'purecloud-platform-client-v2'];

/** Measures the cold starts of all functions, and beside them those of handlers to compare them with. */
export async function measureColdStart({ repetitions = 25 } = {}): Promise<ColdStartReport> {
  const bundles = await bundleFunctions();
  const complete = await completeZippedBytes();
  const { empty, connected, single, ...functions } = await initTimes(
    {
      empty: join(HERE, 'empty-handler.cjs'),
      connected: join(HERE, 'connected-handler.cjs'),
      single: join(HERE, 'single-lambda.cjs'),
      ...ofEach(name => bundleFile(bundles, name)),
    },
    repetitions,
  );
  return {
    repetitions,
    functions: ofEach(name => ({
      size: bundleSize(bundles, name),
      completeZippedBytes: complete[name],
      contents: bundleContents(bundles.metafile, `${name}/index.js`),
      init: functions[name],
    })),
    empty,
    connected,
    single: { size: sizeOf(installedFiles(SINGLE_LAMBDA_PACKAGES, HERE)), init: single },
  };
}

/** How large a function's deployment package is. */
export function bundleSize(bundles: FunctionBundles, name: FunctionName): CodeSize {
  return sizeOf([{ path: 'index.js', contents: readFileSync(bundleFile(bundles, name)) }]);
}

function sizeOf(files: Parameters<typeof zippedBytes>[0]): CodeSize {
  return {
    rawBytes: files.reduce((sum, { contents }) => sum + contents.length, 0),
    zippedBytes: zippedBytes(files),
  };
}

async function completeZippedBytes(): Promise<Record<FunctionName, number>> {
  const { outputFiles } = await build({ ...BUNDLE_OPTIONS, sourcemap: false, plugins: [] });
  return ofEach(name => {
    const output = outputFiles.find(({ path }) => path.endsWith(join(name, 'index.js')));
    if (output === undefined) throw new Error(`esbuild made no bundle of ${name}.`);
    return zippedBytes([{ path: 'index.js', contents: output.contents }]);
  });
}

function bundleFile({ directory }: FunctionBundles, name: FunctionName): string {
  return join(codeDirectory(directory, name), 'index.js');
}

function ofEach<Value>(make: (name: FunctionName) => Value): Record<FunctionName, Value> {
  return Object.fromEntries(FUNCTION_NAMES.map(name => [name, make(name)])) as Record<FunctionName, Value>;
}
