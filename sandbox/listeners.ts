/** Listeners of one kind of event. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /**
   * Calls `listener` with each subsequent event.
   *
   * @returns a function that unsubscribes
   */
  readonly add = (listener: (event: Event) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly notify = (event: Event): void => {
    for (const listener of this.#listeners) listener(event);
  };
}
