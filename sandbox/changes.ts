/** Counts changes of some state, so that one can wait for the next without missing any. */
export class Changes {
  #count = 0;
  #next = Promise.withResolvers<void>();

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** Something has changed. */
  readonly note = (): void => {
    this.#count += 1;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  };

  /** Resolves when there have been more than `count`, at once if there have been already. */
  async moreThan(count: number): Promise<void> {
    while (this.#count <= count) await this.#next.promise;
  }
}
