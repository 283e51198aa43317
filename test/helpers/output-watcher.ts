/** Waits for a text to appear in growing output. */
export class OutputWatcher {
  readonly #output: () => string;
  /** Undefined once the output has ended. */
  #waiting: { readonly resolveIfMatched: () => boolean; readonly giveUp: () => void }[] | undefined = [];

  constructor(output: () => string) {
    this.#output = output;
  }

  /** Resolves with the first match in the whole output. Rejects when the output ends without one. */
  seen(pattern: RegExp): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const resolveIfMatched = (): boolean => {
      const match = this.#output().match(pattern);
      if (match !== null) resolve(match);
      return match !== null;
    };
    const giveUp = (): void => reject(new Error(`${pattern} did not appear in:\n${this.#output()}`));
    if (!resolveIfMatched()) {
      if (this.#waiting === undefined) giveUp();
      else this.#waiting.push({ resolveIfMatched, giveUp });
    }
    return promise;
  }

  /** Call after each write. */
  changed(): void {
    this.#waiting = this.#waiting?.filter(({ resolveIfMatched }) => !resolveIfMatched());
  }

  /** Call when the output has ended. */
  ended(): void {
    for (const { giveUp } of this.#waiting ?? []) giveUp();
    this.#waiting = undefined;
  }
}
