import type { Clock } from '../clock.ts';
import type { OpenRequests } from '../open-requests.ts';

/** The waits of faults, during which the request does not count as in progress. */
export class FaultWaits {
  readonly #clock: Clock;
  readonly #openRequests: OpenRequests;

  constructor(clock: Clock, openRequests: OpenRequests) {
    this.#clock = clock;
    this.#openRequests = openRequests;
  }

  /** Waits in sandbox time, even if the client gives up: the request still takes effect. */
  async delay(ms: number): Promise<void> {
    await this.#openRequests.wait(() => this.#clock.sleep(ms));
  }

  /** Waits until the client gives up; forever if it has no timeout. */
  async untilClientGone(): Promise<void> {
    await this.#openRequests.untilClientGone();
  }
}

/** The page of a proxy that responds instead of a service. */
export const PROXY_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body></body></html>';
