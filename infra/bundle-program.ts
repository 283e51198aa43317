import { readFileSync } from 'node:fs';
import { build, type Metafile, type Plugin } from 'esbuild';
import { COMMONJS } from './commonjs.ts';

/**
 * Bundles the CLI into `<directory>/program.js`. `<directory>/main.js` only loads it, because Node.js caches the
 * compiled code only of modules that are loaded after the start.
 *
 * @param directory where to write
 * @returns esbuild's metafile
 */
export async function bundleProgram(directory: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMONJS,
    entryPoints: ['cli/main.ts', 'cli/program.ts'],
    outdir: directory,
    mainFields: ['module', 'main'],
    minify: true,
    define: {
      ...COMMONJS.define,
      // The warning is about versions of the SDK that this bundle does not contain.
      'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
    },
    // A polyfill for the streams that Node.js has.
    external: ['web-streams-polyfill'],
    supported: { 'dynamic-import': false },
    plugins: [START_LOADS_PROGRAM, STATIC_IMPORTS_OF_SDK],
  });
  return metafile;
}

const START_LOADS_PROGRAM: Plugin = {
  name: 'start loads program',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: './program.js', external: true }));
  },
};

/**
 * The AWS SDK imports its credential providers dynamically. In a single file, that saves nothing and prevents tree
 * shaking.
 */
const STATIC_IMPORTS_OF_SDK: Plugin = {
  name: 'static imports of the AWS SDK',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]@(?:aws-sdk|smithy)[\\/].*\.js$/ }, ({ path }) => {
      const imports: string[] = [];
      const contents = readFileSync(path, 'utf8').replace(
        /\bimport\(("[^"]+")\)/g,
        (_match, module: string) => {
          const name = `__import${imports.length}`;
          imports.push(`import * as ${name} from ${module};\n`);
          return `Promise.resolve(${name})`;
        },
      );
      return imports.length === 0 ? undefined : { contents: imports.join('') + contents, loader: 'js' };
    });
  },
};
