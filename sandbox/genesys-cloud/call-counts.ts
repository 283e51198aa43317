/** Counts of requests; those that an interceptor blocked are not included. */
export interface CallCounts {
  /** Refresh tokens exchanged. */
  readonly refreshes: number;
  /** Refresh requests of a known client that failed with `invalid_grant`. */
  readonly refusedRefreshes: number;
  /** Authorization codes exchanged. */
  readonly codeExchanges: number;
  /** Calls of `users/me` with a valid access token, whatever the response. */
  readonly usersMeCalls: number;
}

const NONE: CallCounts = { refreshes: 0, refusedRefreshes: 0, codeExchanges: 0, usersMeCalls: 0 };

/** Counts calls per OAuth client. */
export class CallCounter {
  readonly #counts = new Map<string, CallCounts>();

  /** Increments a count. */
  add(clientId: string, what: keyof CallCounts): void {
    const counts = this.of(clientId);
    this.#counts.set(clientId, { ...counts, [what]: counts[what] + 1 });
  }

  /** The counts of one client. */
  of(clientId: string): CallCounts {
    return this.#counts.get(clientId) ?? NONE;
  }

  /** The counts of all clients together. */
  total(): CallCounts {
    return [...this.#counts.values()].reduce(
      (sum, counts) => ({
        refreshes: sum.refreshes + counts.refreshes,
        refusedRefreshes: sum.refusedRefreshes + counts.refusedRefreshes,
        codeExchanges: sum.codeExchanges + counts.codeExchanges,
        usersMeCalls: sum.usersMeCalls + counts.usersMeCalls,
      }),
      NONE,
    );
  }
}
