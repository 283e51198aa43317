import type { ExecutionEnvironment } from './execution-environment.ts';

/**
 * A function's processes. The most recently used one is reused first, as in Lambda, so a function with little traffic
 * keeps one warm process.
 */
export class EnvironmentPool {
  readonly #start: () => ExecutionEnvironment;
  readonly #maxIdle: number;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #busy = new Set<ExecutionEnvironment>();
  readonly #ending = new Set<Promise<void>>();
  #retired: boolean = false;

  /** @param maxIdle processes beyond this number end as soon as they are idle */
  constructor(start: () => ExecutionEnvironment, maxIdle: number) {
    this.#start = start;
    this.#maxIdle = maxIdle;
  }

  /** Takes a warm process, or starts one. */
  acquire(): ExecutionEnvironment {
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (warm.usable) {
        this.#busy.add(warm);
        return warm;
      }
    }
    const cold = this.#start();
    this.#busy.add(cold);
    return cold;
  }

  /** Returns a process after its invocation. */
  release(environment: ExecutionEnvironment): void {
    this.#busy.delete(environment);
    if (this.#retired || !environment.usable) {
      this.#end(environment);
      return;
    }
    this.#idle.push(environment);
    if (this.#idle.length > this.#maxIdle) {
      const longestIdle = this.#idle.shift();
      if (longestIdle) this.#end(longestIdle);
    }
  }

  /** Kills the busy processes. */
  killBusy(): void {
    for (const environment of this.#busy) environment.kill();
  }

  /** Ends the idle processes, and each busy one when it is released. */
  retire(): void {
    this.#retired = true;
    for (const environment of this.#idle.splice(0)) this.#end(environment);
  }

  /**
   * Kills all processes, including busy ones, and waits until they have ended.
   *
   * @param keep may take over an idle one; returns whether it did
   */
  async close(keep: (environment: ExecutionEnvironment) => boolean = () => false): Promise<void> {
    for (const environment of this.#idle.splice(0)) if (!keep(environment)) this.#end(environment);
    this.retire();
    for (const environment of this.#busy) this.#end(environment);
    await Promise.all(this.#ending);
  }

  #end(environment: ExecutionEnvironment): void {
    environment.kill();
    const ended = environment.ended.finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
