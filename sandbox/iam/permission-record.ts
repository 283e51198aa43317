import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Grant } from './grants.ts';
import type { Denial, Permissions } from './permissions.ts';

/** What one sandbox saw of its stack's permissions. */
export interface PermissionRecord {
  /** Where the stack was read from. */
  readonly assemblyDirectory: string;
  readonly granted: readonly Grant[];
  readonly used: readonly Grant[];
  readonly denials: readonly Denial[];
}

/** Leaves the record of a sandbox as a file of its own in a folder, which is made if need be. */
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
