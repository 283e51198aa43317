import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../../infra/bundle-program.ts';
import { median } from '../median.ts';

/** How long the program takes to start, as multiples of an empty program in the same run. */
export interface ProgramStartReport {
  /** The number of starts of each command; the figures are medians. */
  readonly repetitions: number;
  /** Until the first request to AWS, by command. */
  readonly commands: Readonly<Record<string, number>>;
  /** Until `--help` has been printed. */
  readonly help: number;
  /** Until the first request, without Node.js's compile cache. */
  readonly firstStart: number;
}

const SECRET = 'genesys/voicemail';

/** The arguments of each command; none of them needs a terminal. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  authorize: ['authorize', SECRET, '--client-id', 'a', '--yes'],
  status: ['status'],
  history: ['history', SECRET],
  follow: ['follow', SECRET],
  rotate: ['rotate', SECRET],
  redrive: ['redrive', SECRET],
  diagnose: ['diagnose', SECRET],
};

/** Starts each command repeatedly, alternating with an empty program. Its first request gets no response. */
export async function measureProgramStart({ repetitions = 25 } = {}): Promise<ProgramStartReport> {
  const directory = mkdtempSync(join(tmpdir(), 'program-start-'));
  const folder = join(directory, 'cli');
  await bundleProgram(folder);
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    GENESYS_CLIENT_SECRET: 'secret',
  };
  /** From the start until the process ends or makes a request. */
  const timeOf = async (args: readonly string[], variables = {}): Promise<number> => {
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, args, { env: { ...environment, ...variables }, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await Promise.race([once(server, 'request'), ended]);
    const timeMs = performance.now() - startedAtMs;
    child.kill('SIGKILL');
    await ended;
    return timeMs;
  };
  const program = join(folder, 'main.js');
  const starts: Readonly<Record<string, () => Promise<number>>> = {
    empty: () => timeOf([join(import.meta.dirname, 'empty.cjs')]),
    help: () => timeOf([program, '--help']),
    firstStart: () => timeOf([program, 'status'], { NODE_DISABLE_COMPILE_CACHE: '1' }),
    ...Object.fromEntries(
      Object.entries(COMMANDS).map(([name, args]) => [name, () => timeOf([program, ...args])]),
    ),
  };
  try {
    // Fills the compile cache: Node.js writes it when a process exits by itself.
    await timeOf([program, '--help']);
    const times = new Map<string, number[]>(Object.keys(starts).map(name => [name, []]));
    for (let round = 0; round < repetitions; round++) {
      for (const [name, start] of Object.entries(starts)) times.get(name)?.push(await start());
    }
    const ratio = (name: string): number => median(times.get(name) ?? []) / median(times.get('empty') ?? []);
    return {
      repetitions,
      commands: Object.fromEntries(Object.keys(COMMANDS).map(name => [name, ratio(name)])),
      help: ratio('help'),
      firstStart: ratio('firstStart'),
    };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
