import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../median.ts';

/** The measurements of one start of a process. */
export interface InitSample {
  /** From the start of the process until the handler was loaded. */
  readonly initMs: number;
  /** The part of `initMs` spent loading the handler. */
  readonly loadMs: number;
  /** CPU time of all threads until then; other load on the machine hardly affects it. */
  readonly cpuMs: number;
  /** The memory of the process at that point (RSS). */
  readonly residentBytes: number;
}

const INIT_PROCESS = fileURLToPath(new URL('./init-process.cjs', import.meta.url));

/** Lambda's own variables, and every variable that a function reads when it loads. A number is valid for each. */
const VARIABLES = {
  AWS_REGION: 'eu-central-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  HOME: '/home/sbx_user1051',
  FAILURES_TABLE: '7',
  JOURNAL_TABLE: '7',
  MAX_GAP_HOURS: '7',
  ROTATION_FUNCTION_ARN: '7',
  ROTATION_WINDOW: '7',
  SCHEDULE_EXPRESSION: '7',
  SEAL_KEY_ARN: '7',
  STATE_MACHINE_ARN: '7',
  TOPIC_ARN: '7',
};

/**
 * Starts each handler repeatedly in its own process, alternating between handlers, so that other load on the machine
 * affects all of them equally.
 *
 * @param handlers files by the names of their functions
 * @returns the medians
 */
export async function initTimes<Name extends string>(
  handlers: Readonly<Record<Name, string>>,
  repetitions: number,
): Promise<Record<Name, InitSample>> {
  const names = Object.keys(handlers) as Name[];
  const samples = new Map<Name, InitSample[]>(names.map(name => [name, []]));
  for (let round = 0; round < repetitions; round++) {
    for (const name of names) samples.get(name)?.push(await startOnce(handlers[name]));
  }
  return Object.fromEntries([...samples].map(([name, taken]) => [name, medians(taken)])) as Record<
    Name,
    InitSample
  >;
}

/** The median of each figure. */
export function medians(samples: readonly InitSample[]): InitSample {
  return {
    initMs: median(samples.map(({ initMs }) => initMs)),
    loadMs: median(samples.map(({ loadMs }) => loadMs)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    residentBytes: median(samples.map(({ residentBytes }) => residentBytes)),
  };
}

async function startOnce(handler: string): Promise<InitSample> {
  const startedAtMs = performance.timeOrigin + performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [INIT_PROCESS, handler], { env: VARIABLES });
  const { readyAtMs, ...sample } = JSON.parse(stdout);
  return { initMs: readyAtMs - startedAtMs, ...sample };
}
