import type { AwsCall, AwsInterceptor } from './aws/service.ts';
import type { Clock } from './clock.ts';
import type { GenesysInterceptor, InterceptedRequest } from './genesys-cloud/interceptor.ts';
import type { OpenRequests } from './open-requests.ts';

/**
 * How long operations take in sandbox time, in ms. Each member is called just before each wait (default: 0). With
 * virtual time, operations that the sandbox's own process waits for, such as the operator's calls and a user's login,
 * must take no time.
 */
export interface Latencies {
  /** A call to AWS, before its effect. */
  readonly awsCall?: (call: AwsCall) => number;
  /** A request to Genesys Cloud, before its effect. */
  readonly genesysRequest?: (request: InterceptedRequest) => number;
  /** The round trip to a function, before it runs. */
  readonly invocation?: (functionName: string) => number;
  /** The start of a new process of a function; in real time, its code loads during this wait. */
  readonly coldStart?: (functionName: string) => number;
  /** Before an execution enters or retries a state. */
  readonly stateTransition?: (executionArn: string) => number;
}

/** The waits of calls and requests, during which they do not count as in progress. */
export class LatencyWaits {
  readonly #latencies: Latencies;
  readonly #clock: Clock;
  readonly #openRequests: OpenRequests;

  constructor(latencies: Latencies, clock: Clock, openRequests: OpenRequests) {
    this.#latencies = latencies;
    this.#clock = clock;
    this.#openRequests = openRequests;
  }

  readonly awsInterceptor: AwsInterceptor = (call, next) =>
    this.#after(this.#latencies.awsCall?.(call), next);

  readonly genesysInterceptor: GenesysInterceptor = (request, next) =>
    this.#after(this.#latencies.genesysRequest?.(request), next);

  /** A wait of 0 ms continues in the same turn. */
  #after<Result>(ms = 0, next: () => Promise<Result>): Promise<Result> {
    if (ms <= 0) return next();
    return this.#openRequests.wait(() => this.#clock.sleep(ms)).then(next);
  }
}
