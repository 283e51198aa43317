import { InvalidArgumentError } from 'commander';

/** Parses a whole number from 1 on; `what` says in the refusal what it is. */
export function numberArgument(what: string, largest: number): (value: string) => number {
  return value => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= largest) return number;
    throw new InvalidArgumentError(`Use a ${what} from 1 to ${largest}.`);
  };
}

/** Parses the seconds of `--timeout` where a rotation is waited for. */
export const timeoutArgument = numberArgument('number of seconds', 86_400);

/** A whole rotation with all its retries ends within the five minutes that the state machine allows. */
export const DEFAULT_TIMEOUT_SECONDS = 300;
