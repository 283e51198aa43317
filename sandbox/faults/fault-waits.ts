import type { Clock } from '../clock.ts';
import type { OpenRequests } from '../open-requests.ts';

/** The waits that belong to faults: the request does not count as under way meanwhile. */
export class FaultWaits {
  readonly #clock: Clock;
  readonly #openRequests: OpenRequests;

  constructor(clock: Clock, openRequests: OpenRequests) {
    this.#clock = clock;
    this.#openRequests = openRequests;
  }

  /** Waits by the clock, also when the client gives up meanwhile: what it asked for is still done then. */
  async delay(ms: number): Promise<void> {
    await this.#openRequests.wait(() => this.#clock.sleep(ms));
  }

  /** Waits until the client gives up; for one that has no time-out, forever. */
  async untilClientGone(): Promise<void> {
    await this.#openRequests.untilClientGone();
  }
}

/** The page of a proxy that answers in a service's place. */
export const PROXY_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body></body></html>';
