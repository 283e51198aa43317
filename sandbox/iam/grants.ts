import type { Clause, Statement } from './statement.ts';

/** A permission that the stack grants, as written in its policies. */
export interface Grant {
  /** The role's name; for a function's policy, the service or principal that it allows. */
  readonly role: string;
  /** The statement's `Sid`, or its index in the policy; the logical id of an `AWS::Lambda::Permission`. */
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

interface Entry {
  readonly grant: Grant;
  used: boolean;
  /** The number of revocations in force. */
  revocations: number;
}

/** The stack's grants, and which of them are used or revoked. */
export class Grants {
  readonly #entries = new Map<Clause, Entry>();

  /** Registers the clauses of a statement; a Deny statement grants nothing. */
  add(role: string, { effect, sid, clauses }: Statement): void {
    if (effect === 'Deny') return;
    for (const clause of clauses) {
      const { action, resource } = clause;
      this.#entries.set(clause, { grant: { role, sid, action, resource }, used: false, revocations: 0 });
    }
  }

  /** Clauses other than grants of the stack are always in force. */
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
   * Revokes every grant that has all of the given members.
   *
   * @returns a function that restores them
   * @throws Error when no grant matches
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
