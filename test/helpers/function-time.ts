/** The time of one invocation: passes only while somebody sleeps, and ends it as Lambda does. */
export class FunctionTime {
  /** What was slept so far, in ms. */
  readonly sleeps: number[] = [];
  #leftMs = 0;

  /** Begins an invocation that may take this long. */
  begin(timeoutMs: number): void {
    this.sleeps.length = 0;
    this.#leftMs = timeoutMs;
  }

  readonly sleep = async (ms: number): Promise<void> => {
    this.sleeps.push(ms);
    this.#leftMs -= ms;
    if (this.#leftMs < 0) throw new Error('The function slept beyond its timeout.');
  };

  readonly remainingMs = (): number => this.#leftMs;
}
