import type { EnvironmentOptions, ExecutionEnvironment } from './execution-environment.ts';

/** Of each function so many are kept: more are rarely needed again. */
const MAX_IDLE = 2;

/**
 * Idle processes that a closed account leaves to the next one with the same functions, so that those need not start
 * cold. They keep the environment variables that they were started with: whoever takes them over has to serve the same
 * addresses and to know the same access keys.
 */
export class WarmProcesses {
  readonly #idle = new Map<string, ExecutionEnvironment[]>();

  /** Hands out a process, if there is one, for what `options` would start. */
  take(key: string, options: EnvironmentOptions): ExecutionEnvironment | undefined {
    const idle = this.#idle.get(key) ?? [];
    for (let process = idle.pop(); process !== undefined; process = idle.pop()) {
      if (process.usable) {
        process.adopt(options);
        return process;
      }
    }
    return undefined;
  }

  /** Keeps a process; false when there are enough of its kind. */
  keep(key: string, process: ExecutionEnvironment): boolean {
    const idle = (this.#idle.get(key) ?? []).filter(({ usable }) => usable);
    this.#idle.set(key, idle);
    if (!process.usable || idle.length >= MAX_IDLE) return false;
    idle.push(process);
    return true;
  }

  /** Ends all of them and waits until they are gone; others may be kept afterwards. */
  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    for (const process of idle) process.kill();
    await Promise.all(idle.map(({ ended }) => ended));
  }
}
