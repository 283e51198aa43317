/** What people and programs mean to do, and when. */
export class Agenda {
  readonly #entries: { readonly atMs: number; readonly act: () => Promise<void> }[] = [];

  /** Plans something for an instant, in ms since 1970. */
  add(atMs: number, act: () => Promise<void>): void {
    const later = this.#entries.findIndex(entry => entry.atMs > atMs);
    this.#entries.splice(later < 0 ? this.#entries.length : later, 0, { atMs, act });
  }

  /** Takes off what is due first, if that is not after an instant. */
  next(untilMs: number): { readonly atMs: number; readonly act: () => Promise<void> } | undefined {
    const [first] = this.#entries;
    return first === undefined || first.atMs > untilMs ? undefined : this.#entries.shift();
  }
}
