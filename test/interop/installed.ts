import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** The folder of the third-party programs. Remove it to reinstall them. */
const FOLDER = fileURLToPath(new URL('../../.interop', import.meta.url));

const PYTHON = join(FOLDER, 'python', 'bin');
const COMPLETE = join(FOLDER, 'complete');

/**
 * Install scripts are disabled: the only one compiles the native part of the runtime client, which takes minutes. See
 * `runtime-client.cjs`.
 */
const NPM_PACKAGES = ['asl-validator@4.0.0', 'aws-lambda-ric@4.0.2'];

/** The path of a program of the Python packages. */
export function pythonProgram(name: string): string {
  return join(PYTHON, name);
}

/** The folder of an npm package. */
export function npmPackage(name: string): string {
  return join(FOLDER, 'node_modules', name);
}

/** Installs the programs, unless these versions are already installed. */
export async function setup(): Promise<void> {
  const versions = `${await readFile(REQUIREMENTS, 'utf8')}\n${NPM_PACKAGES.join('\n')}\n`;
  if (existsSync(COMPLETE) && (await readFile(COMPLETE, 'utf8')) === versions) return;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER);
  await Promise.all([installPythonPackages(), installNpmPackages()]);
  await writeFile(COMPLETE, versions);
}

async function installPythonPackages(): Promise<void> {
  await run('python3', ['-m', 'venv', join(FOLDER, 'python')]);
  const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--no-deps'];
  await run(pythonProgram('pip'), ['install', ...options, '--requirement', REQUIREMENTS]);
}

async function installNpmPackages(): Promise<void> {
  await writeFile(join(FOLDER, 'package.json'), '{"private":true}\n');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...options, ...NPM_PACKAGES], { cwd: FOLDER });
}
