import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleFunctions } from './bundle.ts';
import { bundleProgram } from './bundle-program.ts';
import { COMMONJS, PROJECT } from './commonjs.ts';
import { LICENSES_FILE, thirdPartyLicenses } from './third-party-licenses.ts';

/**
 * `npm run build` writes the content of the package to `dist/`: the construct with its types, the state machine
 * definition, the bundled functions and program, and the licences of the bundled packages.
 */

const DIST = join(PROJECT, 'dist');

rmSync(DIST, { recursive: true, force: true });
declareTypes();
await bundleConstruct();
// Beside the module that reads it.
cpSync(join(PROJECT, 'statemachine/rotation.asl.json'), join(DIST, 'infra/rotation.asl.json'));
const functions = await bundleFunctions(join(DIST, 'bundles'));
const program = await bundleProgram(join(DIST, 'cli'));
writeFileSync(
  join(DIST, LICENSES_FILE),
  thirdPartyLicenses(
    [functions.metafile, program].flatMap(({ outputs }) => Object.values(outputs)),
    PROJECT,
  ),
);
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n');

function declareTypes(): void {
  const { status } = spawnSync('tsc', ['--project', 'tsconfig.package.json'], {
    cwd: PROJECT,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

/** Two entry points, which share one class. */
async function bundleConstruct(): Promise<void> {
  await build({
    ...COMMONJS,
    entryPoints: ['infra/token-rotation.ts', 'infra/rotation-stack.ts'],
    outdir: join(DIST, 'infra'),
    packages: 'external',
    plugins: [
      {
        name: 'one class',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\/token-rotation\.ts$/ }, () => ({
            path: './token-rotation.js',
            external: true,
          }));
        },
      },
    ],
  });
}
