import { InvalidArgumentError } from 'commander';

/** A whole rotation with all its retries ends within the five minutes that the state machine allows. */
export const DEFAULT_TIMEOUT_SECONDS = 300;

const LONGEST_TIMEOUT_SECONDS = 86_400;

/** Parses the seconds of `--timeout`. */
export function timeoutArgument(value: string): number {
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (seconds >= 1 && seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  throw new InvalidArgumentError(`Use a number of seconds from 1 to ${LONGEST_TIMEOUT_SECONDS}.`);
}
