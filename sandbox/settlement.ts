import type { AwsInterceptor } from './aws/service.ts';
import type { RunningInvocations } from './lambda/running-invocations.ts';
import { OpenRequests } from './open-requests.ts';

/** Counts changes of some state, so that one can wait for the next without missing any. */
class Changes {
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

/** Knows when nothing in the sandbox is under way any more but waits on its clock. */
export class Settlement {
  readonly #changes = new Changes();
  /** Where the sandbox's servers enter what they serve. */
  readonly openRequests = new OpenRequests(this.#changes.note);
  /** To be called when an invocation begins, gets its process, or ends. */
  readonly onInvocationChange = this.#changes.note;

  /** The innermost one: a call of Lambda's Invoke waits for its invocation, which is counted by itself. */
  readonly awsInterceptor: AwsInterceptor = (call, next) =>
    call.service === 'lambda' && call.operation === 'Invoke' ? this.openRequests.wait(next) : next();

  /**
   * Resolves when no request is being served and no invocation runs, except those that do nothing but wait for the
   * clock, or for a client to give up. While the clock runs, a running invocation never only waits: what its process
   * does is unknown.
   */
  async settled(invocations: RunningInvocations, clockStandsStill: boolean): Promise<void> {
    for (;;) {
      // What is settled in promises alone is done after this.
      await new Promise<void>(resolve => setImmediate(resolve));
      const changesBefore = this.#changes.count;
      const state = this.openRequests.busy
        ? 'busy'
        : await invocations.stillness(this.openRequests, clockStandsStill);
      if (state === 'still' && this.#changes.count === changesBefore) return;
      if (state === 'busy') await this.#changes.moreThan(changesBefore);
    }
  }
}
