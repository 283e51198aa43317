import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Grant } from './grants.ts';
import type { Denial, Permissions } from './permissions.ts';

/** One sandbox's record of its stack's permissions. */
export interface PermissionRecord {
  /** The folder of the stack. */
  readonly assemblyDirectory: string;
  readonly granted: readonly Grant[];
  readonly used: readonly Grant[];
  readonly denials: readonly Denial[];
}

/** Writes the record of a sandbox to a new file in a folder, and creates the folder if necessary. */
export function writePermissionRecord(
  folder: string,
  assemblyDirectory: string,
  permissions: Permissions,
): void {
  const record: PermissionRecord = {
    assemblyDirectory,
    granted: permissions.granted(),
    used: permissions.used(),
    denials: permissions.denials(),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${randomUUID()}.json`), JSON.stringify(record));
}
