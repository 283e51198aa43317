import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../sandbox/synthesis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the stack that was synthesised for this run. */
    assemblyDirectory: string;
    /** The folder in which the sandboxes of this run record their use of the stack's permissions. */
    grantsDirectory: string;
    /** An empty folder for files that the tests of this run write. */
    scratchDirectory: string;
  }
}

/** Synthesises the stack once for all tests that run it in the sandbox. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'synthesized-stack-'));
  await synthesize(assemblyDirectory);
  const grantsDirectory = await mkdtemp(path.join(tmpdir(), 'permission-records-'));
  project.provide('assemblyDirectory', assemblyDirectory);
  project.provide('grantsDirectory', grantsDirectory);
  const scratchDirectory = await mkdtemp(path.join(tmpdir(), 'scratch-'));
  project.provide('scratchDirectory', scratchDirectory);
  return async () => {
    await rm(assemblyDirectory, { recursive: true, force: true });
    await rm(grantsDirectory, { recursive: true, force: true });
    await rm(scratchDirectory, { recursive: true, force: true });
  };
}
