import { InvalidArgumentError } from 'commander';

/** Parses a whole number from 1 to `max`; `what` names it in the error message. */
export function numberArgument(what: string, max: number): (value: string) => number {
  return value => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= max) return number;
    throw new InvalidArgumentError(`Use a ${what} from 1 to ${max}.`);
  };
}

/** Parses `--timeout` of the commands that wait for a rotation. */
export const timeoutArgument = numberArgument('number of seconds', 86_400);

/** Longer than a rotation with the usual retries; with all retries it can take longer. */
export const DEFAULT_TIMEOUT_SECONDS = 300;
