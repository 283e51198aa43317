import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions, type FunctionBundles } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-list.ts';
import { type InitSample, initTimes } from './init-time.ts';
import { installedFiles } from './installed-package.ts';
import { zippedBytes } from './zipped-size.ts';

/** The size of a function's code. */
export interface CodeSize {
  readonly rawBytes: number;
  readonly zippedBytes: number;
}

/** The figures of a function. */
export interface FunctionFigures {
  readonly size: CodeSize;
  readonly init: InitSample;
}

/** Cold starts, all from one run on one machine. */
export interface ColdStartReport {
  /** The number of starts of each process; times and memory are medians. */
  readonly repetitions: number;
  readonly functions: Readonly<Record<FunctionName, FunctionFigures>>;
  /** A handler that does nothing. */
  readonly empty: InitSample;
  /** One Lambda for the whole rotation, with the complete SDKs in `node_modules`. */
  readonly single: { readonly size: CodeSize; readonly init: InitSample };
}

const HERE = import.meta.dirname;

/** The dependencies of the refresh Lambda of the Genesys Cloud blueprint. */
const SINGLE_LAMBDA_PACKAGES = ['@aws-sdk/client-secrets-manager', 'purecloud-platform-client-v2'];

/** Measures the cold starts of all functions and of two other handlers for comparison. */
export async function measureColdStart({ repetitions = 25 } = {}): Promise<ColdStartReport> {
  const bundles = await bundleFunctions();
  const { empty, single, ...functions } = await initTimes(
    {
      empty: join(HERE, 'empty-handler.cjs'),
      single: join(HERE, 'single-lambda.cjs'),
      ...mapFunctions(name => bundleFile(bundles, name)),
    },
    repetitions,
  );
  return {
    repetitions,
    functions: mapFunctions(name => ({
      size: bundleSize(bundles, name),
      init: functions[name],
    })),
    empty,
    single: { size: sizeOf(installedFiles(SINGLE_LAMBDA_PACKAGES, HERE)), init: single },
  };
}

/** The size of a function's deployment package. */
export function bundleSize(bundles: FunctionBundles, name: FunctionName): CodeSize {
  return sizeOf([{ path: 'index.js', contents: readFileSync(bundleFile(bundles, name)) }]);
}

function sizeOf(files: Parameters<typeof zippedBytes>[0]): CodeSize {
  return {
    rawBytes: files.reduce((sum, { contents }) => sum + contents.length, 0),
    zippedBytes: zippedBytes(files),
  };
}

function bundleFile({ directory }: FunctionBundles, name: FunctionName): string {
  return join(directory, name, 'index.js');
}

function mapFunctions<Value>(make: (name: FunctionName) => Value): Record<FunctionName, Value> {
  return Object.fromEntries(FUNCTION_NAMES.map(name => [name, make(name)])) as Record<FunctionName, Value>;
}
