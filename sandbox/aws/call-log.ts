import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import { ConnectionDropped, RawResponse } from './interruptions.ts';
import type { AwsCall, AwsInterceptor } from './service.ts';

/** A logged call: caller and operation, never the input. */
export interface RecordedCall {
  readonly service: string;
  readonly operation: string;
  readonly callerArn: string;
  /** The function that called; absent for a person. */
  readonly functionArn?: string;
  /** When the call arrived, ISO 8601. */
  readonly at: string;
  /**
   * The error's name on the wire, or the interruption (`ConnectionDropped`, `RawResponse`); absent while the call runs
   * and after success.
   */
  readonly errorType?: string;
}

const MAX_CALLS = 10_000;

/**
 * Counts every call and keeps the latest 10,000. Its interceptor must be the outermost, so that it also counts calls
 * that other interceptors reject.
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

  /** The calls in order of arrival. */
  calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  /** The number of calls of each operation, including rejected ones, e.g. `{'kms:Decrypt': 2}`. */
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
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
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
