import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Grant } from './grants.ts';
import type { Denial, Permissions } from './permissions.ts';

/** How a sandbox used the permissions of its stack. */
export interface PermissionRecord {
  /** The stack's cloud assembly. */
  readonly assemblyDirectory: string;
  readonly granted: readonly Grant[];
  readonly used: readonly Grant[];
  readonly denials: readonly Denial[];
}

/** Writes a sandbox's record to a new file in the folder, and creates the folder if necessary. */
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
