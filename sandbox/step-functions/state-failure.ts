/** The error and cause of a failed state or execution; a timeout has no cause. */
export interface Failure {
  /** The name that `ErrorEquals` compares, at most 256 characters. */
  readonly error?: string;
  /** At most 32,768 characters. */
  readonly cause?: string;
}

/** Error names that the States Language reserves (Amazon States Language specification, "Errors"). */
export const StatesError = {
  all: 'States.ALL',
  dataLimitExceeded: 'States.DataLimitExceeded',
  resultPathMatchFailure: 'States.ResultPathMatchFailure',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

const MAX_ERROR = 256;
const MAX_CAUSE = 32_768;

/**
 * Truncates a failure as Step Functions does (AWS Step Functions API Reference, DescribeExecution: `error` and
 * `cause`).
 */
export function failure(error: string | undefined, cause?: string): Failure {
  return {
    error: error?.slice(0, MAX_ERROR),
    cause: cause?.slice(0, MAX_CAUSE),
  };
}

/** A state failed; a Retry or Catch may handle it. */
export class StateFailed extends Error {
  override readonly name = 'StateFailed';
  readonly error: string;
  /** Absent rather than empty when there is no cause, as in Step Functions. */
  readonly causeText: string | undefined;

  constructor(error: string, cause?: string) {
    super(error);
    this.error = error;
    this.causeText = cause;
  }
}
