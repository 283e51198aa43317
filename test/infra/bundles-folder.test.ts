import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundlesFolder } from '../../infra/bundles-folder.ts';
import { BUNDLES } from './deployment.ts';

describe('bundlesFolder', () => {
  it('gives the folder that has a bundle of each function', () => {
    expect(bundlesFolder(BUNDLES)).toBe(BUNDLES);
  });

  it('refuses the default where the construct is not the packaged one, and names what is missing', () => {
    expect(() => bundlesFolder()).toThrow(
      expect.objectContaining({
        name: 'InvalidSetting',
        setting: 'bundles',
        message: expect.stringContaining(join('bundles', 'rotation')),
      }),
    );
  });

  it('refuses a folder that lacks one function', () => {
    const bundles = mkdtempSync(join(tmpdir(), 'few-bundles-'));
    onTestFinished(() => rmSync(bundles, { recursive: true }));
    cpSync(BUNDLES, bundles, { recursive: true });
    rmSync(join(bundles, 'watch'), { recursive: true });

    expect(() => bundlesFolder(bundles)).toThrow(
      expect.objectContaining({
        setting: 'bundles',
        message: expect.stringContaining(join(bundles, 'watch')),
      }),
    );
  });
});
