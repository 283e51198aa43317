import type { EnvironmentOptions, ExecutionEnvironment } from './execution-environment.ts';

/** The maximum number to keep for each function; more are rarely needed. */
const MAX_IDLE = 2;

/**
 * Idle processes of a closed account, for the next one with the same functions, to avoid cold starts. They keep their
 * environment variables, so the next account must serve the same addresses and accept the same access keys.
 */
export class WarmProcesses {
  readonly #idle = new Map<string, ExecutionEnvironment[]>();

  /** Takes a process with the given options, if there is one. */
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

  /** Keeps a process; false when there are already enough. */
  keep(key: string, process: ExecutionEnvironment): boolean {
    const idle = (this.#idle.get(key) ?? []).filter(({ usable }) => usable);
    this.#idle.set(key, idle);
    if (!process.usable || idle.length >= MAX_IDLE) return false;
    idle.push(process);
    return true;
  }

  /** Kills them and waits until they have ended; new ones may be kept afterwards. */
  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    for (const process of idle) process.kill();
    await Promise.all(idle.map(({ ended }) => ended));
  }
}
