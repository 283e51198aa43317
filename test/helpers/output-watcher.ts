/** Waits for a text to appear in an output that grows. */
export class OutputWatcher {
  readonly #output: () => string;
  /** Undefined once the output has ended. */
  #waiting: { readonly look: () => boolean; readonly giveUp: () => void }[] | undefined = [];

  constructor(output: () => string) {
    this.#output = output;
  }

  /** The first match in all that was written; fails when the output ends without one. */
  seen(pattern: RegExp): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const look = (): boolean => {
      const match = this.#output().match(pattern);
      if (match !== null) resolve(match);
      return match !== null;
    };
    const giveUp = (): void => reject(new Error(`${pattern} did not appear in:\n${this.#output()}`));
    if (!look()) {
      if (this.#waiting === undefined) giveUp();
      else this.#waiting.push({ look, giveUp });
    }
    return promise;
  }

  /** Something was written. */
  changed(): void {
    this.#waiting = this.#waiting?.filter(({ look }) => !look());
  }

  /** Nothing more will be written. */
  ended(): void {
    for (const { giveUp } of this.#waiting ?? []) giveUp();
    this.#waiting = undefined;
  }
}
