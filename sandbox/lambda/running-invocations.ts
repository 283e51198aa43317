import type { Clock } from '../clock.ts';
import type { OpenRequests } from '../open-requests.ts';
import type { StillMessage } from './runtime-messages.ts';

/** A process that runs an invocation. */
interface RunningProcess {
  stillness(): Promise<StillMessage | undefined>;
}

/** `busy`: work is in progress, and its end triggers a change; `unclear`: check again at once. */
type Stillness = 'still' | 'busy' | 'unclear';

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
  async count<Result>(run: () => Promise<Result>): Promise<Result> {
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
  async inProcess<Result>(process: RunningProcess, run: () => Promise<Result>): Promise<Result> {
    this.#processes.add(process);
    this.#onChange();
    try {
      return await run();
    } finally {
      this.#processes.delete(process);
      this.#onChange();
    }
  }

  /** Lets an invocation that is not in a process wait for `ms` by the clock. */
  async passing(clock: Clock, ms: number): Promise<void> {
    if (ms <= 0) return;
    const stillness = { type: 'still', id: 0, ports: [] } as const;
    await this.inProcess({ stillness: () => Promise.resolve(stillness) }, () => clock.sleep(ms));
  }

  /**
   * Whether all invocations only wait: for their timers, or for responses that wait for the clock. With a running clock
   * nothing is known of a process, so there must be no invocation at all.
   */
  async stillness(requests: OpenRequests, clockStandsStill: boolean): Promise<Stillness> {
    if (this.#count === 0) return 'still';
    if (!clockStandsStill || this.#processes.size < this.#count) return 'busy';
    const each = await Promise.all(
      [...this.#processes].map(async process => judge(await process.stillness(), requests)),
    );
    return (
      each.find(stillness => stillness === 'busy') ?? each.find(stillness => stillness !== 'still') ?? 'still'
    );
  }
}

function judge(message: StillMessage | undefined, requests: OpenRequests): Stillness {
  if (message === undefined) return 'busy';
  const states = message.ports.map(port => (port === null ? 'unknown' : requests.stateOf(port)));
  if (states.includes('busy')) return 'busy';
  // In transit in either direction.
  return states.includes('unknown') ? 'unclear' : 'still';
}
