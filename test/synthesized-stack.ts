import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../sandbox/demonstration/synthesis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the stack that was synthesised for this run. */
    assemblyDirectory: string;
  }
}

/** Synthesises the stack once for all tests that run it in the sandbox. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'synthesized-stack-'));
  await synthesize(assemblyDirectory);
  project.provide('assemblyDirectory', assemblyDirectory);
  return () => rm(assemblyDirectory, { recursive: true, force: true });
}
