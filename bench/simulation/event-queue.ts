/** An event at a moment. */
interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Events in the order of their moments; those of the same moment in the order of their arrival. A binary heap. */
export class EventQueue {
  readonly #heap: (Event & { readonly order: number })[] = [];
  #added = 0;

  add(atMs: number, run: () => void): void {
    const heap = this.#heap;
    const event = { atMs, run, order: this.#added++ };
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  /** Removes and returns the first event; undefined when there is none. */
  next(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) break;
      const child = b !== undefined && isBefore(b, a) ? left + 1 : left;
      const below = child === left ? a : b;
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(
  one: { readonly atMs: number; readonly order: number },
  other: { readonly atMs: number; readonly order: number },
): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
