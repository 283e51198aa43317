import type { Clock } from '../clock.ts';
import type { OpenRequests } from '../open-requests.ts';
import type { IdleMessage } from './runtime-messages.ts';

/** A process that runs an invocation. */
interface RunningProcess {
  waitUntilIdle(): Promise<IdleMessage | undefined>;
}

/** `busy`: work is in progress, and its end triggers a change; `unclear`: check again immediately. */
type Activity = 'idle' | 'busy' | 'unclear';

/** The running invocations. */
export class RunningInvocations {
  readonly #onChange: () => void;
  readonly #processes = new Set<RunningProcess>();
  #count = 0;

  /** @param onChange is called when an invocation begins, reaches its process, or ends */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Tracks an invocation from start to end. */
  async track<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    this.#onChange();
    try {
      return await run();
    } finally {
      this.#count -= 1;
      this.#onChange();
    }
  }

  /** Tracks the process of an invocation. */
  async trackProcess<Result>(process: RunningProcess, run: () => Promise<Result>): Promise<Result> {
    this.#processes.add(process);
    this.#onChange();
    try {
      return await run();
    } finally {
      this.#processes.delete(process);
      this.#onChange();
    }
  }

  /** Waits for `ms` of sandbox time, in an invocation that has no process yet. */
  async sleep(clock: Clock, ms: number): Promise<void> {
    if (ms <= 0) return;
    const idle = { type: 'idle', id: 0, ports: [] } as const;
    await this.trackProcess({ waitUntilIdle: () => Promise.resolve(idle) }, () => clock.sleep(ms));
  }

  /**
   * Determines whether all invocations are only waiting, for timers or for responses that wait for the clock. With a
   * running clock the state of a process is unknown, so every invocation counts as busy.
   */
  async activity(requests: OpenRequests, virtualTime: boolean): Promise<Activity> {
    if (this.#count === 0) return 'idle';
    if (!virtualTime || this.#processes.size < this.#count) return 'busy';
    const each = await Promise.all(
      [...this.#processes].map(async process => activityOf(await process.waitUntilIdle(), requests)),
    );
    return each.find(activity => activity === 'busy') ?? each.find(activity => activity !== 'idle') ?? 'idle';
  }
}

function activityOf(message: IdleMessage | undefined, requests: OpenRequests): Activity {
  if (message === undefined) return 'busy';
  const states = message.ports.map(port => (port === null ? 'unknown' : requests.stateOf(port)));
  if (states.includes('busy')) return 'busy';
  // The request or its response is in transit.
  return states.includes('unknown') ? 'unclear' : 'idle';
}
