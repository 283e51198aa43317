import { EventQueue } from './event-queue.ts';

/** A process in simulated time: it yields the ms or the completion that it waits for. */
export type Process<Result = void> = Generator<number | Completion<unknown>, Result, undefined>;

/** The end of a process. */
export class Completion<Result> {
  #ended: { readonly result: Result } | { readonly error: unknown } | undefined;
  #waiting: (() => void)[] = [];

  /** @internal Only the timeline ends a process. */
  end(ended: { readonly result: Result } | { readonly error: unknown }): void {
    this.#ended = ended;
    for (const resume of this.#waiting) resume();
    this.#waiting = [];
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Calls back once, when the process has ended. */
  whenEnded(resume: () => void): void {
    this.#waiting.push(resume);
  }

  /** What the process returned; throws what it threw. */
  get result(): Result {
    if (this.#ended === undefined) throw new Error('The process has not ended.');
    if ('error' in this.#ended) throw this.#ended.error;
    return this.#ended.result;
  }
}

/** Simulated time, which jumps from one event to the next. */
export class Timeline {
  readonly #queue = new EventQueue();
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  /** Starts a process now, in parallel to the caller. */
  start<Result>(process: Process<Result>): Completion<Result> {
    const completion = new Completion<Result>();
    const proceed = (): void => {
      let step: IteratorResult<number | Completion<unknown>, Result>;
      try {
        step = process.next();
      } catch (error) {
        completion.end({ error });
        return;
      }
      if (step.done === true) completion.end({ result: step.value });
      else if (typeof step.value === 'number') this.#queue.add(this.#nowMs + step.value, proceed);
      else if (step.value.hasEnded) this.#queue.add(this.#nowMs, proceed);
      else step.value.whenEnded(proceed);
    };
    this.#queue.add(this.#nowMs, proceed);
    return completion;
  }

  /** Runs until there are no more events. */
  run(): void {
    for (let event = this.#queue.next(); event !== undefined; event = this.#queue.next()) {
      this.#nowMs = event.atMs;
      event.run();
    }
  }
}

/** Waits for the end of a process. */
export function* endOf<Result>(completion: Completion<Result>): Process<Result> {
  if (!completion.hasEnded) yield completion;
  return completion.result;
}
