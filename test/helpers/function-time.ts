/** The time of one invocation: advances only while the function sleeps. */
export class FunctionTime {
  /** The sleeps so far, in ms. */
  readonly sleeps: number[] = [];
  #leftMs = 0;

  /** Starts an invocation with this timeout. */
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
