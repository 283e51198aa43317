import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { emptyFolder } from '../demonstration/project.ts';
import { loadBundle, makeBundles } from '../helpers/bundles.ts';

const directory = await makeBundles();
const again = await makeBundles();

/** Every variable that a function may need while it loads. A number is valid for each. */
const VARIABLES = [
  'FAILURES_TABLE',
  'JOURNAL_TABLE',
  'MAX_GAP_HOURS',
  'ROTATION_FUNCTION_ARN',
  'ROTATION_WINDOW',
  'SCHEDULE_EXPRESSION',
  'SEAL_KEY_ARN',
  'STATE_MACHINE_ARN',
  'TOPIC_ARN',
];

describe('bundleFunctions', () => {
  it('names its temporary folder after the process, so that leftovers of a killed one can be found', async () => {
    vi.stubEnv('TMPDIR', emptyFolder());

    const { directory: temporary } = await bundleFunctions();

    expect(basename(temporary)).toMatch(new RegExp(`^genesys-token-rotation-${process.pid}-\\w{6}$`));
  });

  it.each(FUNCTION_NAMES)(
    'writes for %s a bundle, its source map and its licences, and nothing else',
    name => {
      expect(readdirSync(join(directory, name)).sort()).toEqual([
        'THIRD-PARTY-LICENSES',
        'index.js',
        'index.js.map',
      ]);
    },
  );

  it.each(FUNCTION_NAMES)(
    'writes a bundle of %s that loads without node_modules and exports its handler',
    name => {
      for (const variable of VARIABLES) vi.stubEnv(variable, '7');
      vi.stubEnv('AWS_REGION', 'eu-central-1');

      const module = loadBundle(directory, name);

      vi.unstubAllEnvs();
      expect(module).toEqual({ handler: expect.any(Function) });
    },
  );

  it.each(FUNCTION_NAMES)('writes the same for %s in every output folder', name => {
    for (const file of ['index.js', 'index.js.map', 'THIRD-PARTY-LICENSES']) {
      const first = readFileSync(join(directory, name, file), 'utf8');
      const second = readFileSync(join(again, name, file), 'utf8');

      expect(second === first).toBe(true);
    }
  });

  it.each(FUNCTION_NAMES)('contains no path of the build machine in %s', name => {
    const bundle = readFileSync(join(directory, name, 'index.js'), 'utf8');
    const map = JSON.parse(readFileSync(join(directory, name, 'index.js.map'), 'utf8'));

    expect(bundle.includes(process.cwd())).toBe(false);
    expect(map.sources).toContain(`../../functions/${name}/handler.ts`);
    expect(
      map.sources.filter((source: string) => !/^\.\.\/\.\.\/(functions|node_modules)\//.test(source)),
    ).toEqual([]);
    expect(map.sourcesContent).toBeUndefined();
  });
});
