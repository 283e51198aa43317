/** The planned actions of people and programs, in order of time. */
export class ActionQueue {
  readonly #entries: { readonly atMs: number; readonly act: () => Promise<void> }[] = [];

  /** Plans an action at an instant, in ms since 1970. */
  add(atMs: number, act: () => Promise<void>): void {
    const entry = { atMs: Math.ceil(atMs), act };
    const later = this.#entries.findIndex(each => each.atMs > entry.atMs);
    this.#entries.splice(later < 0 ? this.#entries.length : later, 0, entry);
  }

  /** When the first action is due; undefined while nothing is planned. */
  get nextAtMs(): number | undefined {
    return this.#entries[0]?.atMs;
  }

  /** Removes and returns the first action if it is due by an instant. */
  next(untilMs: number): { readonly atMs: number; readonly act: () => Promise<void> } | undefined {
    const [first] = this.#entries;
    return first === undefined || first.atMs > untilMs ? undefined : this.#entries.shift();
  }
}
