import { RateLimit } from '../../sandbox/genesys-cloud/rate-limit.ts';

/** The requests per minute that Genesys Cloud accepts. */
export interface GenesysRates {
  /** The number of users; the credentials are divided evenly among them. */
  readonly users: number;
  /**
   * Requests to the platform API for each user (Genesys Cloud Developer Center, "Limits":
   * `org.app.user.rate.per.minute`). The limit of 300 per token is far from one request per rotation.
   */
  readonly apiPerUser: number;
  /** All requests to the token endpoint. Genesys Cloud publishes no limit; undefined: none. */
  readonly tokenRequests: number | undefined;
}

/** Counts requests to Genesys Cloud in windows of a minute. */
export class GenesysLimits {
  readonly #rates: GenesysRates;
  readonly #windows: RateLimit;

  constructor(rates: GenesysRates, nowMs: () => number) {
    this.#rates = rates;
    this.#windows = new RateLimit({ nowMs });
  }

  /** @returns whether the request of that credential is let through */
  take(kind: 'token' | 'api', credential: number): boolean {
    const { users, apiPerUser, tokenRequests } = this.#rates;
    if (kind === 'api') return this.#windows.take(`user ${credential % users}`).count <= apiPerUser;
    return tokenRequests === undefined || this.#windows.take('token').count <= tokenRequests;
  }
}
