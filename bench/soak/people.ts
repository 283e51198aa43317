import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { ActionQueue } from './action-queue.ts';
import { HUMAN_ACTIONS, type HumanAction, Person, type PersonTools } from './person.ts';

/** The average time between two actions on a secret that are independent of its rotation. */
const MEAN_ACTION_INTERVAL_MS = 12 * HOUR_MS;
/** The probability of an action during an execution or redrive, and of each further one. */
const ACTION_PROBABILITY = 0.4;
/** The maximum time of the action after the start, in ms: while the rotation runs without faults, or is retried. */
const IN_ROTATION_MS = [3_000, 60_000] as const;
/** The longest time until rotation is enabled again after somebody cancelled it. */
const MAX_CANCELLATION_MS = 6 * HOUR_MS;

/** After these actions, rotations do not start for hours. */
const BLOCKING_ACTIONS: ReadonlySet<HumanAction> = new Set([
  'leave a stray AWSPENDING',
  'cancel the rotation',
]);

/** The dependencies of people. */
interface PeopleParts extends PersonTools {
  readonly queue: ActionQueue;
  readonly random: () => number;
  /** The executions of a secret, the oldest first. */
  readonly executionsOf: (secretArn: string) => readonly string[];
  /** Called when somebody blocks rotations of a secret. */
  readonly onBlocked: (secretArn: string) => void;
  /** Waits until no fault is pending for a function's request, which a person's request would trigger. */
  readonly waitForPendingFault: () => Promise<void>;
}

/** People who act on secrets at random moments. */
export class People {
  readonly #parts: PeopleParts;
  readonly #persons = new Map<string, Person>();
  #actions = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** The number of actions that AWS accepted. */
  get actions(): number {
    return this.#actions;
  }

  /** Starts random actions on a secret. */
  start(credential: FirstCredential): void {
    const { sandbox, random } = this.#parts;
    this.#persons.set(credential.secretArn, new Person(credential, this.#parts));
    this.#scheduleAction(sandbox.clock.nowMs() + random() * MEAN_ACTION_INTERVAL_MS, credential.secretArn);
  }

  /** Stops the actions; cancelled rotations are still enabled again. */
  stop(): void {
    this.#persons.clear();
  }

  /** Plans random actions while a rotation of a secret runs. */
  planActionsDuringRotation(secretArn: string): void {
    if (!this.#persons.has(secretArn)) return;
    const { sandbox, queue, random } = this.#parts;
    const nowMs = sandbox.clock.nowMs();
    while (random() < ACTION_PROBABILITY) {
      const withinMs = IN_ROTATION_MS[random() < 0.5 ? 0 : 1];
      queue.add(nowMs + random() * withinMs, () => this.#actOn(secretArn));
    }
  }

  #scheduleAction(atMs: number, secretArn: string): void {
    const { queue, random } = this.#parts;
    queue.add(atMs, async () => {
      this.#scheduleAction(atMs + random() * 2 * MEAN_ACTION_INTERVAL_MS, secretArn);
      await this.#actOn(secretArn);
    });
  }

  async #actOn(secretArn: string): Promise<void> {
    const { sandbox, random, executionsOf, onBlocked, waitForPendingFault } = this.#parts;
    const person = this.#persons.get(secretArn);
    const action = HUMAN_ACTIONS[Math.floor(random() * HUMAN_ACTIONS.length)];
    if (person === undefined || action === undefined) return;
    if (action === 'log in') await waitForPendingFault();
    const isDone = await person.act(action, random(), executionsOf(secretArn));
    if (!isDone) return;
    this.#actions += 1;
    if (BLOCKING_ACTIONS.has(action)) onBlocked(secretArn);
    if (action === 'cancel the rotation')
      this.#resumeAt(sandbox.clock.nowMs() + random() * MAX_CANCELLATION_MS, person);
  }

  #resumeAt(atMs: number, person: Person): void {
    this.#parts.queue.add(atMs, async () => {
      if (!(await person.resume())) this.#resumeAt(atMs + HOUR_MS, person);
    });
  }
}
