import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import type { Latencies } from '../../sandbox/latencies.ts';
import type { LatencyName } from '../latencies.ts';
import { OPERATIONS } from '../operations.ts';

/** The kind of a wait. */
export type WaitKind = 'genesys' | 'aws' | 'transition' | 'invocation' | 'cold-start';

/** One wait of a rotation. */
export interface Wait {
  readonly kind: WaitKind;
  /** The operation, endpoint, state machine or function. */
  readonly name: string;
  /** The function that waits; absent if unknown. */
  readonly by?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The endpoints of a rotation; other requests take no time. */
const ENDPOINTS: ReadonlyMap<string, LatencyName> = new Map([
  ['token', 'tokenEndpoint'],
  ['users/me', 'genesysApi'],
]);

/** Latencies for a sandbox, taken from `msOf` and recorded between {@link start} and {@link stop}. */
export class RecordedLatencies implements Latencies {
  /** The waits since the last {@link start}, in the order in which they began. */
  waits: Wait[] = [];
  readonly #msOf: (name: LatencyName) => number;
  readonly #nowMs: () => number;
  #on: boolean = false;

  /** @param nowMs the time of the sandbox's clock */
  constructor(msOf: (name: LatencyName) => number, nowMs: () => number) {
    this.#msOf = msOf;
    this.#nowMs = nowMs;
  }

  /** Starts a recording: calls take time. */
  start(): void {
    this.waits = [];
    this.#on = true;
  }

  /** Stops the recording: calls take no time. */
  stop(): void {
    this.#on = false;
  }

  readonly awsCall: Required<Latencies>['awsCall'] = ({ service, operation, caller }) => {
    if (caller.functionArn === undefined) return 0;
    return this.#wait('aws', `${service}:${operation}`, latencyOf(operation), shortName(caller.functionArn));
  };

  readonly genesysRequest: Required<Latencies>['genesysRequest'] = ({ endpoint }) => {
    const latency = ENDPOINTS.get(endpoint);
    return latency === undefined ? 0 : this.#wait('genesys', endpoint, latency);
  };

  readonly invocation: Required<Latencies>['invocation'] = functionName =>
    this.#wait('invocation', shortName(functionName), 'invoke', shortName(functionName));

  readonly coldStart: Required<Latencies>['coldStart'] = functionName =>
    this.#wait('cold-start', shortName(functionName), 'coldStart', shortName(functionName));

  readonly stateTransition: Required<Latencies>['stateTransition'] = () =>
    this.#wait('transition', 'states', 'stateTransition');

  #wait(kind: WaitKind, name: string, latency: LatencyName, by?: string): number {
    if (!this.#on) return 0;
    const fromMs = this.#nowMs();
    const ms = this.#msOf(latency);
    this.waits.push({ kind, name, fromMs, toMs: fromMs + ms, by });
    return ms;
  }
}

function latencyOf(operation: string): LatencyName {
  const known = Object.entries(OPERATIONS).find(([name]) => name === operation);
  if (known === undefined) throw new Error(`bench/operations.ts has no latency for ${operation}.`);
  return known[1].latency;
}

/** The name of a function's folder; for other functions, the name itself. */
function shortName(functionArn: string): string {
  const name = functionArn.split(':').at(-1) ?? '';
  return FUNCTION_NAMES.find(each => name.endsWith(`-${each}`)) ?? name;
}
