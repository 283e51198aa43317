import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
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
 * @param logFile its output
 */
export async function startMinistack(
  port: number,
  variables: Readonly<Record<string, string>>,
  logFile: string,
): Promise<Ministack> {
  const process_ = spawn(pythonProgram('ministack'), [], {
    env: {
      PATH: process.env.PATH ?? '',
      // The default is all interfaces.
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  process_.stdout.pipe(log, { end: false });
  process_.stderr.pipe(log, { end: false });
  const close = async (): Promise<void> => {
    if (process_.exitCode === null && process_.signalCode === null) {
      process_.kill();
      await once(process_, 'exit');
    }
    log.end();
  };
  const url = `http://127.0.0.1:${port}`;
  for (const giveUpAt = Date.now() + READY_WITHIN_MS; Date.now() < giveUpAt; await sleep(100)) {
    if (process_.exitCode !== null) break;
    const health = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (health?.ok === true) return { url, close };
  }
  await close();
  throw new Error(`ministack did not start; see ${logFile}.`);
}

/** A port of loopback that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
