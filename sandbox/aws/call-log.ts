import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import { ConnectionDropped, RawResponse } from './interruptions.ts';
import type { AwsCall, AwsInterceptor } from './service.ts';

/** One call as the log keeps it: who called what, never with what. */
export interface RecordedCall {
  readonly service: string;
  readonly operation: string;
  readonly callerArn: string;
  /** The function that called; absent for a person. */
  readonly functionArn?: string;
  /** When the call arrived, ISO 8601. */
  readonly at: string;
  /**
   * The error's name on the wire, or how else it was kept from an answer (`ConnectionDropped`, `RawResponse`); absent
   * while the call runs and when it succeeded.
   */
  readonly errorType?: string;
}

const KEPT_CALLS = 10_000;

/**
 * Counts every call and keeps the latest 10,000. To count what other interceptors refuse, its interceptor comes
 * before them.
 */
export class CallLog {
  readonly #clock: Clock;
  readonly #calls: RecordedCall[] = [];
  readonly #counts = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly interceptor: AwsInterceptor = async (call, next) => {
    const record = this.#record(call);
    try {
      return await next();
    } catch (error) {
      record.errorType = errorTypeOf(error);
      throw error;
    }
  };

  /** The calls in the order of their arrival. */
  calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  /** How often each operation was called, refused calls included, e.g. `{'kms:Decrypt': 2}`. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #record({ service, operation, caller }: AwsCall): RecordedCall & { errorType?: string } {
    const record = {
      service,
      operation,
      callerArn: caller.arn,
      functionArn: caller.functionArn,
      at: this.#clock.now().toISOString(),
    };
    this.#calls.push(record);
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift();
    const name = `${service}:${operation}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return record;
  }
}

function errorTypeOf(error: unknown): string {
  if (error instanceof AwsError) return error.type;
  if (error instanceof ConnectionDropped || error instanceof RawResponse) return error.name;
  return 'InternalFailure';
}
