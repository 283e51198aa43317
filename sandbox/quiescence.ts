import type { AwsInterceptor } from './aws/service.ts';
import type { RunningInvocations } from './lambda/running-invocations.ts';
import { OpenRequests } from './open-requests.ts';

/** Counts changes, so that none is missed while waiting for the next. */
class ChangeCounter {
  #count = 0;
  #next = Promise.withResolvers<void>();

  /** The number of changes so far. */
  get count(): number {
    return this.#count;
  }

  /** Records a change. */
  readonly increment = (): void => {
    this.#count += 1;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  };

  /** Resolves when there have been more than `count` changes. */
  async exceeds(count: number): Promise<void> {
    while (this.#count <= count) await this.#next.promise;
  }
}

/** Detects when everything in the sandbox only waits for its clock. */
export class Quiescence {
  readonly #changes = new ChangeCounter();
  /** The requests that the sandbox's servers are serving. */
  readonly openRequests = new OpenRequests(this.#changes.increment);
  /** Must be called when an invocation starts, gets its process, or ends. */
  readonly onInvocationChange = this.#changes.increment;

  /** The innermost interceptor: a call of Lambda's Invoke waits for its invocation, which is counted separately. */
  readonly awsInterceptor: AwsInterceptor = (call, next) =>
    call.service === 'lambda' && call.operation === 'Invoke' ? this.openRequests.wait(next) : next();

  /**
   * Resolves when no request is being served and no invocation runs, except those that only wait for the clock or for a
   * client to give up. With a running clock, an invocation never counts as waiting, because the state of its process is
   * unknown.
   */
  async settled(invocations: RunningInvocations, virtualTime: boolean): Promise<void> {
    for (;;) {
      // Pending promise callbacks have run after this.
      await new Promise<void>(resolve => setImmediate(resolve));
      const changesBefore = this.#changes.count;
      const state = this.openRequests.busy
        ? 'busy'
        : await invocations.activity(this.openRequests, virtualTime);
      if (state === 'idle' && this.#changes.count === changesBefore) return;
      if (state === 'busy') await this.#changes.exceeds(changesBefore);
    }
  }
}
