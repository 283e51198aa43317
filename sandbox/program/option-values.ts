import { InvalidArgumentError } from 'commander';
import { type FaultRule, InvalidFault } from '../faults/fault-rule.ts';
import { parseFault } from '../faults/fault-text.ts';

/** @throws InvalidArgumentError */
export function parsePort(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('Use a whole number from 1 to 65535.');
}

/** @throws InvalidArgumentError */
export function parseInteger(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number)) return number;
  throw new InvalidArgumentError('Use a whole number.');
}

/**
 * Adds a fault to the list.
 *
 * @throws InvalidArgumentError
 */
export function collectFault(text: string, previous: readonly FaultRule[] = []): readonly FaultRule[] {
  try {
    return [...previous, parseFault(text)];
  } catch (error) {
    if (error instanceof InvalidFault) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
