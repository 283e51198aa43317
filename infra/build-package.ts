import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from './bundle.ts';

/**
 * `npm run build`: what the package holds, in `dist/`, laid out as in the repository: the construct as JavaScript with
 * its types, the definition that it reads, and the bundled functions.
 */

const project = new URL('../', import.meta.url);
const dist = new URL('dist/', project);

rmSync(dist, { recursive: true, force: true });
compile();
copyDefinition();
await bundleFunctions(fileURLToPath(new URL('bundles/', dist)));

function compile(): void {
  const { status } = spawnSync('tsc', ['--project', 'tsconfig.package.json'], {
    cwd: fileURLToPath(project),
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

function copyDefinition(): void {
  const file = 'statemachine/rotation.asl.json';
  mkdirSync(new URL('statemachine/', dist), { recursive: true });
  cpSync(new URL(file, project), new URL(file, dist));
}
