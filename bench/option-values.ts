import { InvalidArgumentError } from 'commander';
import { parseInteger } from '../sandbox/program/option-values.ts';

/** @throws InvalidArgumentError the value is not an integer of at least 1 */
export function positiveInteger(value: string): number {
  const number = parseInteger(value);
  if (number > 0) return number;
  throw new InvalidArgumentError('It must be at least 1.');
}

/**
 * @param value with or without the unit, e.g. `4h`
 * @throws InvalidArgumentError the value is not a number of hours
 */
export function hours(value: string): number {
  const number = Number(value.replace(/h$/, ''));
  if (number > 0) return number;
  throw new InvalidArgumentError('It must be a number of hours, e.g. 4h.');
}

/** @throws InvalidArgumentError the value is neither `on` nor `off` */
export function onOrOff(value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new InvalidArgumentError('It must be on or off.');
}
