import type { Clause, Statement } from './statement.ts';

/** One thing that the stack lets somebody do, as its policies write it. */
export interface Grant {
  /** The role's name; for the policy of a function, the service or principal that it lets in. */
  readonly role: string;
  /** The statement's `Sid`, or its place in the policy; the logical id of an `AWS::Lambda::Permission`. */
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

interface Entry {
  readonly grant: Grant;
  used: boolean;
  /** How many revocations are in force. */
  revocations: number;
}

/** What the stack grants, what of it was used, and what was taken away. */
export class Grants {
  readonly #entries = new Map<Clause, Entry>();

  /** Knows the clauses of a statement from now on; a statement that denies grants nothing. */
  add(role: string, { effect, sid, clauses }: Statement): void {
    if (effect === 'Deny') return;
    for (const clause of clauses) {
      const { action, resource } = clause;
      this.#entries.set(clause, { grant: { role, sid, action, resource }, used: false, revocations: 0 });
    }
  }

  /** Clauses that are no grants of the stack always are. */
  isInForce(clause: Clause): boolean {
    return (this.#entries.get(clause)?.revocations ?? 0) === 0;
  }

  use(clause: Clause): void {
    const entry = this.#entries.get(clause);
    if (entry !== undefined) entry.used = true;
  }

  all(): Grant[] {
    return [...this.#entries.values()].map(({ grant }) => grant);
  }

  used(): Grant[] {
    return [...this.#entries.values()].filter(({ used }) => used).map(({ grant }) => grant);
  }

  /**
   * Takes every grant away that has all of the given members.
   *
   * @returns gives them back
   * @throws Error there is no such grant
   */
  revoke(which: Partial<Grant>): () => void {
    const entries = [...this.#entries.values()].filter(({ grant }) =>
      Object.entries(which).every(([member, value]) => grant[member as keyof Grant] === value),
    );
    if (entries.length === 0) throw new Error(`The stack has no grant ${JSON.stringify(which)}.`);
    for (const entry of entries) entry.revocations += 1;
    let restored = false;
    return () => {
      if (restored) return;
      restored = true;
      for (const entry of entries) entry.revocations -= 1;
    };
  }
}
