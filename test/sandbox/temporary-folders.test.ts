import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { removeLeftovers, removeTemporaryFolder, temporaryFolder } from '../../sandbox/temporary-folders.ts';
import { emptyFolder } from '../demonstration/project.ts';

/** The id of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'close');
  return child.pid ?? 0;
}

/** Makes a folder with a file in it. */
function folderIn(parent: string, name: string): void {
  mkdirSync(path.join(parent, name));
  writeFileSync(path.join(parent, name, 'index.js'), '');
}

describe('temporary folders', () => {
  it('of processes that have ended are removed', async () => {
    const parent = emptyFolder();
    const ended = await endedProcess();
    folderIn(parent, `genesys-token-rotation-${ended}-AbC123`);
    folderIn(parent, `.build-${ended}-AbC123`);

    removeLeftovers(parent);

    expect(readdirSync(parent)).toEqual([]);
  });

  it('of running processes are kept, and so are all other folders', async () => {
    const parent = emptyFolder();
    const ended = await endedProcess();
    const others = [
      `genesys-token-rotation-${process.pid}-AbC123`,
      // Of another user, unless the tests run as root.
      'genesys-token-rotation-1-AbC123',
      'genesys-token-rotation-AbC123',
      `genesys-token-rotation-${ended}`,
      `lambda-${ended}-AbC123`,
      `my-genesys-token-rotation-${ended}-AbC123`,
    ];
    for (const name of others) folderIn(parent, name);

    removeLeftovers(parent);

    expect(readdirSync(parent).sort()).toEqual(others.sort());
  });

  it('are removed without following links', async () => {
    const [parent, elsewhere] = [emptyFolder(), emptyFolder()];
    folderIn(elsewhere, 'kept');
    symlinkSync(elsewhere, path.join(parent, `genesys-token-rotation-${await endedProcess()}-AbC123`));

    removeLeftovers(parent);

    expect(existsSync(path.join(elsewhere, 'kept', 'index.js'))).toBe(true);
  });

  it('can be removed by the process that created them', () => {
    vi.stubEnv('TMPDIR', emptyFolder());
    // This folder no longer exists when the worker loads the next test file.
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'index.js'), '');

    removeTemporaryFolder(folder);

    expect(existsSync(folder)).toBe(false);
  });
});
