/** Calls that may come at once, and how many of them come back each second. */
export interface BucketSize {
  readonly size: number;
  readonly refillPerSecond: number;
}

/** Lets calls through as long as it holds tokens, as AWS limits the calls of an account. */
export class TokenBucket {
  readonly #size: BucketSize;
  #tokens: number;
  #filledAtMs: number;

  constructor(size: BucketSize, nowMs: number, tokens = size.size) {
    this.#size = size;
    this.#tokens = tokens;
    this.#filledAtMs = nowMs;
  }

  /** @returns whether there was a token, which is gone then */
  take(nowMs: number): boolean {
    const { size, refillPerSecond } = this.#size;
    this.#tokens = Math.min(size, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * refillPerSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
