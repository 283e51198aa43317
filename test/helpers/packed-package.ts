import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../infra/commonjs.ts';

/**
 * Runs a program until it exits.
 *
 * @throws Error with its output, if it fails
 */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd = PROJECT,
  environment: Readonly<Record<string, string>> = {},
): string {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Creates the package with `npm pack`, in its own folder. */
export async function packedPackage() {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  const [{ filename }] = JSON.parse(
    runProgram('npm', ['pack', '--silent', '--json', '--pack-destination', folder]),
  ) as [{ filename: string }];
  return {
    file: join(folder, filename),
    /** A new folder next to it. */
    emptyFolder: () => mkdtemp(join(folder, 'app-')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
