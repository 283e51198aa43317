import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../sandbox/synthesis.ts';

/**
 * Synthesises the stack into a folder that is removed once `use` has settled.
 *
 * @param synthesizeInto another stack's synthesis
 * @throws SynthesisFailed
 */
export async function withAssembly<Result>(
  use: (assemblyDirectory: string) => Promise<Result>,
  synthesizeInto: (assemblyDirectory: string) => Promise<unknown> = synthesize,
): Promise<Result> {
  const assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'assembly-'));
  try {
    await synthesizeInto(assemblyDirectory);
    return await use(assemblyDirectory);
  } finally {
    await rm(assemblyDirectory, { recursive: true, force: true });
  }
}
