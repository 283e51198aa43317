import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonProgram } from './installed.ts';

/** A running ministack. */
export interface Ministack {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/**
 * Starts ministack on loopback. Functions run as processes of the `node` on the PATH and inherit `variables`.
 *
 * @param directory for its files
 */
export async function startMinistack(
  port: number,
  variables: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ministack> {
  const child = spawn(pythonProgram('ministack'), [], {
    env: {
      PATH: process.env.PATH ?? '',
      TMPDIR: directory,
      // The default is all interfaces.
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (log += data));
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
  };
  const url = `http://127.0.0.1:${port}`;
  for (const giveUpAt = Date.now() + READY_WITHIN_MS; Date.now() < giveUpAt; await sleep(100)) {
    if (child.exitCode !== null) break;
    const health = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (health?.ok === true) return { url, close };
  }
  await close();
  throw new Error(`ministack did not start: ${log.slice(-2_000)}`);
}
