import { AwsError } from '../aws/aws-error.ts';

/**
 * Counts running invocations (AWS Lambda Developer Guide, "Understanding Lambda function scaling"): a function with
 * reserved concurrency has its own limit; all others share the rest of the account's concurrency.
 */
export class Concurrency {
  readonly #accountLimit: number;
  readonly #running = new Map<string, number>();

  constructor(accountLimit: number) {
    this.#accountLimit = accountLimit;
  }

  /**
   * Counts an invocation as running.
   *
   * @param reserved the reserved concurrency of each function that has one
   * @returns a function that counts the invocation as ended
   * @throws AwsError TooManyRequestsException (429), its reason in `Reason`
   */
  enter(functionName: string, reserved: ReadonlyMap<string, number>): () => void {
    const running = this.#running.get(functionName) ?? 0;
    const ownLimit = reserved.get(functionName);
    if (ownLimit !== undefined && running >= ownLimit) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (ownLimit === undefined && this.#unreservedRunning(reserved) >= this.#unreservedLimit(reserved)) {
      throw throttled('ConcurrentInvocationLimitExceeded');
    }

    this.#running.set(functionName, running + 1);
    return () => {
      this.#running.set(functionName, (this.#running.get(functionName) ?? 1) - 1);
    };
  }

  #unreservedLimit(reserved: ReadonlyMap<string, number>): number {
    return this.#accountLimit - [...reserved.values()].reduce((sum, limit) => sum + limit, 0);
  }

  #unreservedRunning(reserved: ReadonlyMap<string, number>): number {
    return [...this.#running]
      .filter(([functionName]) => !reserved.has(functionName))
      .reduce((sum, [, running]) => sum + running, 0);
  }
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    statusCode: 429,
    details: { Reason: reason },
  });
}
