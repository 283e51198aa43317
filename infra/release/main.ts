import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../bundle.ts';
import { PROJECT } from '../commonjs.ts';
import { release } from './release.ts';

/** `npm run release` writes the files for a deployment without the CDK to `dist/cloudformation/`. */
const directory = join(PROJECT, 'dist/cloudformation');

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const { directory: bundles } = await bundleFunctions();
for (const [name, content] of Object.entries(release(bundles))) {
  writeFileSync(join(directory, name), content);
}
