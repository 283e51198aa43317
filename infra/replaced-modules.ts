import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * What is left out of the bundles, file by file: the left one (below `node_modules`) is replaced by the right one (in
 * `replacements/`, where the reasons stand). Every byte is compiled at each cold start. Only what cannot be reached in
 * Lambda, or by the calls that the functions make, may stand here.
 */
const REPLACED_MODULES: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-ini/dist-es/index.js': 'credential-sources.ts',
  '@aws-sdk/credential-provider-node/dist-es/remoteProvider.js': 'credential-sources.ts',
  '@aws-sdk/credential-provider-process/dist-es/index.js': 'credential-sources.ts',
  '@aws-sdk/credential-provider-sso/dist-es/index.js': 'credential-sources.ts',
  '@aws-sdk/credential-provider-web-identity/dist-es/index.js': 'credential-sources.ts',
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js': 'sha256.ts',
  '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js':
    'instance-metadata.ts',
  '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js': 'config-files.ts',
  '@smithy/core/dist-es/submodules/event-streams/index.js': 'event-streams.ts',
  '@smithy/signature-v4/dist-es/HeaderFormatter.js': 'event-streams.ts',
  'data-uri-to-buffer/dist/index.js': 'data-url.ts',
  'fetch-blob/from.js': 'fetch-bodies.ts',
  'fetch-blob/index.js': 'blob.ts',
  'formdata-polyfill/esm.min.js': 'fetch-bodies.ts',
  'node-fetch/src/utils/multipart-parser.js': 'fetch-bodies.ts',
};

const REPLACEMENTS = fileURLToPath(new URL('replacements/', import.meta.url));

/**
 * Replaces the modules of the list. An update of a library shows: a module that is no longer there, or of which
 * something is imported that its replacement has not, fails the build; what is called all the same says so by itself.
 */
export const replacedModules: Plugin = {
  name: 'replaced-modules',
  setup(build) {
    const unseen = new Set(Object.keys(REPLACED_MODULES));
    build.onLoad({ filter: anyOf(Object.keys(REPLACED_MODULES)) }, ({ path }) => {
      const module = belowNodeModules(path);
      const replacement = REPLACED_MODULES[module];
      if (replacement === undefined) return undefined;
      unseen.delete(module);
      return {
        contents: readFileSync(join(REPLACEMENTS, replacement), 'utf8'),
        loader: 'ts',
        resolveDir: REPLACEMENTS,
      };
    });
    build.onEnd(() => ({
      errors: [...unseen].map(module => ({
        text: `${module} is replaced in infra/replaced-modules.ts, but no function imports it any more. See what its library does instead, and mend the list.`,
      })),
    }));
  },
};

/** Keeps of a client's package.json what the client reads from it: its version, for the user agent. */
export const versionOnly: Plugin = {
  name: 'version-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Matches the paths that end in one of these, on every platform. */
function anyOf(modules: readonly string[]): RegExp {
  const endings = modules.map(module => module.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]'));
  return new RegExp(`[\\\\/]node_modules[\\\\/](?:${endings.join('|')})$`);
}

function belowNodeModules(path: string): string {
  const [, module = ''] = /.*[\\/]node_modules[\\/](.*)$/.exec(path) ?? [];
  return module.replaceAll('\\', '/');
}
