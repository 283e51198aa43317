import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import type { PermissionRecord } from '../sandbox/iam/permission-record.ts';

/**
 * The problems with the stack's grants, one per line: grants that no call in any record used, and calls that lacked a
 * grant although no test revoked it.
 *
 * @param assemblyDirectory the stack whose grants must be used; other stacks are for single tests
 */
export function grantFindings(records: readonly PermissionRecord[], assemblyDirectory: string): string[] {
  const ofStack = records.filter(record => record.assemblyDirectory === assemblyDirectory);
  const lines = (grants: (record: PermissionRecord) => PermissionRecord['granted']): Set<string> =>
    new Set(
      ofStack
        .flatMap(grants)
        .map(({ role, sid, action, resource }) => `${role} ${sid}: ${action} on ${resource}`),
    );
  const used = lines(record => record.used);
  const unused = [...lines(record => record.granted)].filter(line => !used.has(line));
  const lacking = new Set(
    records
      .flatMap(({ denials }) => denials)
      .filter(({ expected }) => !expected)
      .map(({ caller, action, resource }) => `${caller}: ${action} on ${resource}`),
  );
  return [
    ...unused.map(line => `granted, but no call used it: ${line}`),
    ...[...lacking].map(line => `called, but not granted: ${line}`),
  ];
}

/**
 * Compares the stack's grants with the calls of all tests once the whole suite has passed, and fails the run if a grant
 * is unused or missing. It skips partial runs, because the other tests may use a grant.
 */
export class GrantsReport implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const vitest = this.#vitest;
    if (vitest === undefined || reason !== 'passed' || !(await isWholeSuite(vitest, modules))) return;
    const { grantsDirectory, assemblyDirectory } = vitest.getRootProject().getProvidedContext();
    const findings = grantFindings(readRecords(grantsDirectory), assemblyDirectory);
    if (findings.length === 0) {
      vitest.logger.log('Every grant of the stack was used by some call, and no call lacked one.\n');
      return;
    }
    vitest.logger.error(
      ['The grants of the stack and the calls of the tests differ:', ...findings].join('\n  '),
    );
    process.exitCode = 1;
  }
}

async function isWholeSuite(vitest: Vitest, modules: readonly TestModule[]): Promise<boolean> {
  if (vitest.config.testNamePattern !== undefined || vitest.config.shard !== undefined) return false;
  const ran = new Set(modules.map(({ moduleId }) => moduleId));
  const all = await vitest.globTestSpecifications();
  return all.every(({ moduleId }) => ran.has(moduleId));
}

function readRecords(folder: string): PermissionRecord[] {
  return readdirSync(folder).map(
    file => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as PermissionRecord,
  );
}
