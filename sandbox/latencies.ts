import type { AwsCall, AwsInterceptor } from './aws/service.ts';
import type { Clock } from './clock.ts';
import type { GenesysInterceptor, InterceptedRequest } from './genesys-cloud/interceptor.ts';
import type { OpenRequests } from './open-requests.ts';

/**
 * How long things take by the clock, in ms. Each is asked anew every time, just before its wait begins; what is left
 * out takes no time. With virtual time nothing may take time for which the process of the sandbox itself waits, such as
 * the operator's calls and the login of a person.
 */
export interface Latencies {
  /** A call of AWS, before its effect. */
  readonly awsCall?: (call: AwsCall) => number;
  /** A request to Genesys Cloud, before its effect. */
  readonly genesysRequest?: (request: InterceptedRequest) => number;
  /** The way to a function and back, before it runs. */
  readonly invocation?: (functionName: string) => number;
  /** The start of a new process of a function; where time is real, its code loads meanwhile. */
  readonly coldStart?: (functionName: string) => number;
  /** Before an execution enters a state, or repeats it. */
  readonly stateTransition?: (executionArn: string) => number;
}

/** The waits of calls and requests: those do not count as under way meanwhile. */
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

  /** What takes no time goes on at once, in the same turn. */
  #after<Result>(ms = 0, next: () => Promise<Result>): Promise<Result> {
    if (ms <= 0) return next();
    return this.#openRequests.wait(() => this.#clock.sleep(ms)).then(next);
  }
}
