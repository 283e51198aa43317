import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { Agenda } from './agenda.ts';
import { HUMAN_ACTIONS, type HumanAction, Person, type PersonTools } from './person.ts';

/** The average time between two actions on a secret that have nothing to do with its rotation. */
const HUMAN_PAUSE_MS = 12 * HOUR_MS;
/** The probability that a person acts during an execution or redrive, and of each further action in it. */
const HUMANS_IN_ROTATION = 0.4;
/** How long after its beginning, in ms: while it runs without a fault, or while it is retried. */
const IN_ROTATION_MS = [3_000, 60_000] as const;
/** The longest time until rotation is enabled again after somebody cancelled it. */
const MAX_CANCELLATION_MS = 6 * HOUR_MS;

/** After these, rotations do not start for hours. */
const HINDRANCES: ReadonlySet<HumanAction> = new Set(['leave a stray AWSPENDING', 'cancel the rotation']);

/** What people need. */
interface PeopleParts extends PersonTools {
  readonly agenda: Agenda;
  readonly random: () => number;
  /** The executions of a secret, the oldest first. */
  readonly executionsOf: (secretArn: string) => readonly string[];
  /** Called when somebody keeps rotations of a secret from starting. */
  readonly onHindered: (secretArn: string) => void;
  /** A fault that is pending for a function's request must not affect a person's. */
  readonly noFaultAwaited: () => Promise<void>;
}

/** People who act on secrets at random moments. */
export class People {
  readonly #parts: PeopleParts;
  readonly #persons = new Map<string, Person>();
  #actions = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** How many actions AWS has accepted. */
  get actions(): number {
    return this.#actions;
  }

  /** Lets somebody act on a secret from now on. */
  invite(credential: FirstCredential): void {
    const { sandbox, random } = this.#parts;
    this.#persons.set(credential.secretArn, new Person(credential, this.#parts));
    this.#visitAt(sandbox.clock.nowMs() + random() * HUMAN_PAUSE_MS, credential.secretArn);
  }

  /** Stops; rotations that were cancelled are still enabled again. */
  leave(): void {
    this.#persons.clear();
  }

  /** Plans random actions while a rotation of a secret runs. */
  mayActDuring(secretArn: string): void {
    if (!this.#persons.has(secretArn)) return;
    const { sandbox, agenda, random } = this.#parts;
    const nowMs = sandbox.clock.nowMs();
    while (random() < HUMANS_IN_ROTATION) {
      const withinMs = IN_ROTATION_MS[random() < 0.5 ? 0 : 1];
      agenda.add(nowMs + random() * withinMs, () => this.#actOn(secretArn));
    }
  }

  #visitAt(atMs: number, secretArn: string): void {
    const { agenda, random } = this.#parts;
    agenda.add(atMs, async () => {
      this.#visitAt(atMs + random() * 2 * HUMAN_PAUSE_MS, secretArn);
      await this.#actOn(secretArn);
    });
  }

  async #actOn(secretArn: string): Promise<void> {
    const { sandbox, random, executionsOf, onHindered, noFaultAwaited } = this.#parts;
    const person = this.#persons.get(secretArn);
    const action = HUMAN_ACTIONS[Math.floor(random() * HUMAN_ACTIONS.length)];
    if (person === undefined || action === undefined) return;
    if (action === 'log in') await noFaultAwaited();
    const isDone = await person.act(action, random(), executionsOf(secretArn));
    if (!isDone) return;
    this.#actions += 1;
    if (HINDRANCES.has(action)) onHindered(secretArn);
    if (action === 'cancel the rotation')
      this.#resumeAt(sandbox.clock.nowMs() + random() * MAX_CANCELLATION_MS, person);
  }

  #resumeAt(atMs: number, person: Person): void {
    this.#parts.agenda.add(atMs, async () => {
      if (!(await person.resume())) this.#resumeAt(atMs + HOUR_MS, person);
    });
  }
}
