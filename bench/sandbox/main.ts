import { enableCompileCache } from '../../cli/shared/compile-cache.ts';
import type { SandboxStart } from './measure.ts';

/**
 * `node bench/sandbox/main.ts <assembly>`: starts a sandbox, rotates a credential in it, and prints the usage of
 * the process before and after the rotation as one JSON object. The measurement starts it repeatedly.
 */

enableCompileCache();
const { createFirstCredential } = await import('../../sandbox/first-credential.ts');
const { runRotation } = await import('../../sandbox/rotation-run.ts');
const { Sandbox } = await import('../../sandbox/sandbox.ts');
const { memoryInUse } = await import('./process-usage.ts');
const [, , assemblyDirectory = 'cdk.out'] = process.argv;
const loadedMs = performance.now();
const sandbox = await Sandbox.start({ assemblyDirectory });
const readyMs = performance.now();
const ready = memoryInUse();
try {
  await runRotation(sandbox, await createFirstCredential(sandbox));
  const start: SandboxStart = {
    readyAtMs: performance.timeOrigin + readyMs,
    loadMs: loadedMs,
    readyBytes: ready.ownBytes,
    rotated: memoryInUse(),
  };
  process.stdout.write(`${JSON.stringify(start)}\n`);
} finally {
  await sandbox.close();
}
