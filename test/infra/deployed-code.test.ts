import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { BUNDLES, deployment } from './deployment.ts';

describe('the deployed code', () => {
  it('is each bundle without its source map', () => {
    const bundles = mkdtempSync(join(tmpdir(), 'mapped-bundles-'));
    onTestFinished(() => rmSync(bundles, { recursive: true }));
    cpSync(BUNDLES, bundles, { recursive: true });
    for (const name of FUNCTION_NAMES) writeFileSync(join(bundles, name, 'index.js.map'), '{}');

    const { directory } = (deployment({ bundles }).node.root as App).synth();

    const folders = readdirSync(directory).filter(entry => entry.startsWith('asset.'));
    expect(folders).toHaveLength(8);
    expect(folders.map(folder => readdirSync(join(directory, folder)))).toEqual(
      folders.map(() => ['index.js']),
    );
  });
});
