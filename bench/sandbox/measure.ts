import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { initTimes } from '../cold-start/init-time.ts';
import { median } from '../median.ts';
import { withAssembly } from '../with-assembly.ts';
import type { Memory } from './process-usage.ts';

/** The measurements that the process of a sandbox reports. */
export interface SandboxStart {
  /** When it accepted requests, in ms since 1970. */
  readonly readyAtMs: number;
  /** The part of the start before the sandbox's own work: starting Node.js and loading all modules. */
  readonly loadMs: number;
  readonly readyBytes: number;
  /** After one rotation. */
  readonly rotated: Memory;
}

/** The start of a sandbox, and the duration of the test suite. Times and memory are medians. */
export interface SandboxReport {
  readonly repetitions: number;
  /** Node.js with an empty program. */
  readonly emptyMs: number;
  /** From the start of the process until the sandbox accepts requests. */
  readonly startMs: number;
  readonly loadMs: number;
  readonly readyBytes: number;
  readonly rotatedBytes: number;
  readonly functionsBytes: number;
  /** Duration of the suite; undefined when it was neither measured nor given. */
  readonly suiteSeconds: number | undefined;
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));
const EMPTY = fileURLToPath(new URL('../cold-start/empty-handler.cjs', import.meta.url));

/**
 * Starts each sandbox in its own process.
 *
 * @param suite `measured` runs the tests; a number of seconds is reported as given
 * @throws Error the tests fail
 */
export async function measureSandbox({
  repetitions = 7,
  suite,
}: {
  repetitions?: number;
  suite?: 'measured' | number | undefined;
} = {}): Promise<SandboxReport> {
  return await withAssembly(async assemblyDirectory => {
    const emptyMs: number[] = [];
    const starts: (SandboxStart & { readonly startMs: number })[] = [];
    while (starts.length < repetitions) {
      emptyMs.push((await initTimes({ empty: EMPTY }, 1)).empty.initMs);
      starts.push(await startOnce(assemblyDirectory));
    }
    return {
      repetitions,
      emptyMs: median(emptyMs),
      startMs: median(starts.map(({ startMs }) => startMs)),
      loadMs: median(starts.map(({ loadMs }) => loadMs)),
      readyBytes: median(starts.map(({ readyBytes }) => readyBytes)),
      rotatedBytes: median(starts.map(({ rotated }) => rotated.ownBytes)),
      functionsBytes: median(starts.map(({ rotated }) => rotated.childrenBytes)),
      suiteSeconds: suite === 'measured' ? await runSuite() : suite,
    };
  });
}

async function startOnce(assemblyDirectory: string): Promise<SandboxStart & { readonly startMs: number }> {
  const spawnedAtMs = performance.timeOrigin + performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, assemblyDirectory]);
  const start = JSON.parse(stdout) as SandboxStart;
  return { ...start, startMs: start.readyAtMs - spawnedAtMs };
}

async function runSuite(): Promise<number> {
  const startedAtMs = performance.now();
  const vitest = path.join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
  const suite = spawn(process.execPath, [vitest, 'run'], { cwd: PROJECT, stdio: ['ignore', 2, 2] });
  const [code] = await once(suite, 'close');
  if (code !== 0) throw new Error('The tests fail, so their duration is meaningless.');
  return (performance.now() - startedAtMs) / 1000;
}
