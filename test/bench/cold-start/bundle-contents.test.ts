import { describe, expect, it } from 'vitest';
import { bundleContents } from '../../../bench/cold-start/bundle-contents.ts';

const METAFILE = {
  outputs: {
    'bundle/verify/index.js': {
      bytes: 9,
      imports: [],
      exports: [],
      inputs: { 'functions/verify/verify.ts': { bytesInOutput: 9 } },
    },
    'bundle/fetch/index.js': {
      bytes: 160,
      imports: [],
      exports: [],
      inputs: {
        'functions/fetch/handler.ts': { bytesInOutput: 20 },
        'functions/shared/log.ts': { bytesInOutput: 10 },
        'node_modules/@smithy/core/dist-es/a.js': { bytesInOutput: 60 },
        'node_modules/@smithy/core/dist-es/b.js': { bytesInOutput: 40 },
        '../elsewhere/node_modules/a/node_modules/node-fetch/src/index.js': { bytesInOutput: 25 },
      },
    },
  },
};

describe('bundleContents', () => {
  it('sums up the bytes of each package, wherever it is installed, and puts the largest first', () => {
    expect(bundleContents(METAFILE, 'fetch/index.js')).toEqual([
      { name: '@smithy/core', bytes: 100 },
      { name: 'own code', bytes: 30 },
      { name: 'node-fetch', bytes: 25 },
    ]);
  });

  it('refuses a bundle that is not there', () => {
    expect(() => bundleContents(METAFILE, 'refresh/index.js')).toThrow('esbuild made no refresh/index.js.');
  });
});
