import { type Refusal, validationError } from './validation-error.ts';

/** `coefficient` times 10 to the power of `exponent`. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const MAX_SIGNIFICANT_DIGITS = 38;
/** The range of the exponent of the first digit. */
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;
const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';

/**
 * Writes a number the way DynamoDB returns it: as a plain decimal without redundant zeros, e.g. `1.5` for `+1.50e0`.
 *
 * Source: Amazon DynamoDB Developer Guide, "Supported data types and naming rules", for digits and range. The error
 * messages and the format of the result follow what the tests of dynalite and of ScyllaDB's Alternator expect from AWS.
 *
 * @throws AwsError made by `refuse`, when the text is not a number, has too many digits, or is out of range
 */
export function normalizeNumber(text: string, refuse: Refusal): string {
  const [, sign, whole = '', fraction = '', bareFraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (sign === undefined) {
    const quoted = text === '' ? '' : `: ${text}`;
    throw refuse(`The parameter cannot be converted to a numeric value${quoted}`);
  }
  const decimals = fraction + bareFraction;
  const digits = (whole + decimals).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant.length > MAX_SIGNIFICANT_DIGITS) {
    throw refuse('Attempting to store more than 38 significant digits in a Number');
  }
  const number = {
    coefficient: BigInt(`${sign === '-' ? '-' : ''}${significant || '0'}`),
    exponent: Number(exponent) - decimals.length + digits.length - significant.length,
  };
  requireMagnitude(number, refuse);
  return format(number);
}

/**
 * The exact sum or difference of two normalized numbers, normalized.
 *
 * @throws AwsError ValidationException when the result is out of range or needs more than 38 digits
 */
export function calculate(left: string, operator: '+' | '-', right: string): string {
  const [a, b, exponent] = aligned(left, right);
  const result = { coefficient: operator === '+' ? a + b : a - b, exponent };
  requireMagnitude(result, validationError);
  // DynamoDB reports an overflow for too many digits (test_number.py of ScyllaDB's Alternator).
  if (digitsOf(result.coefficient).replace(/0+$/, '').length > MAX_SIGNIFICANT_DIGITS) {
    throw validationError(OVERFLOW);
  }
  return format(result);
}

/** Compares two normalized numbers; the result is less than 0, 0, or greater than 0. */
export function compareNumbers(left: string, right: string): number {
  const [a, b] = aligned(left, right);
  return Number(a > b) - Number(a < b);
}

/** The coefficients of two normalized numbers, scaled to a common exponent. */
function aligned(left: string, right: string): [left: bigint, right: bigint, exponent: number] {
  const [a, b] = [parse(left), parse(right)];
  const exponent = Math.min(a.exponent, b.exponent);
  return [scale(a, exponent), scale(b, exponent), exponent];
}

function parse(normalized: string): Decimal {
  const [whole = '', decimals = ''] = normalized.split('.');
  return { coefficient: BigInt(whole + decimals), exponent: -decimals.length };
}

function scale({ coefficient, exponent }: Decimal, to: number): bigint {
  return coefficient * 10n ** BigInt(exponent - to);
}

function requireMagnitude({ coefficient, exponent }: Decimal, refuse: Refusal): void {
  if (coefficient === 0n) return;
  const magnitude = digitsOf(coefficient).length - 1 + exponent;
  if (magnitude > MAX_MAGNITUDE) throw refuse(OVERFLOW);
  if (magnitude < MIN_MAGNITUDE) throw refuse(UNDERFLOW);
}

function digitsOf(coefficient: bigint): string {
  return String(coefficient).replace('-', '');
}

function format({ coefficient, exponent }: Decimal): string {
  if (coefficient === 0n) return '0';
  const sign = coefficient < 0n ? '-' : '';
  const digits = digitsOf(coefficient);
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  const decimals = padded.slice(exponent).replace(/0+$/, '');
  return `${sign}${padded.slice(0, exponent)}${decimals === '' ? '' : `.${decimals}`}`;
}
