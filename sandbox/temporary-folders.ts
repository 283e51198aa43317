import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Contains the id of the process that created the folder; `infra/bundle.ts` names its folders the same way. */
const NAME = /^(?:genesys-token-rotation|\.build)-(?<pid>\d+)-\w{6}$/;

const folders = new Set<string>();

/** Creates a folder for temporary files that is removed when this process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), `genesys-token-rotation-${process.pid}-`));
  if (folders.size === 0) process.once('exit', removeAll);
  folders.add(folder);
  return folder;
}

/** Removes such a folder before this process ends. */
export function removeTemporaryFolder(folder: string): void {
  folders.delete(folder);
  if (folders.size === 0) process.off('exit', removeAll);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes the temporary folders of processes that were killed. Folders of other users, and of processes that are still
 * running, stay. A folder that cannot be removed also stays: leftovers must not prevent the start.
 */
export function removeLeftovers(parent: string = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.groups?.pid;
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      const folder = path.join(parent, name);
      const { uid } = lstatSync(folder);
      if (process.getuid === undefined || uid === process.getuid()) rmSync(folder, { recursive: true });
    } catch {
      // Another process may be removing it.
    }
  }
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
