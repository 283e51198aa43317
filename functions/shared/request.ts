import { InvalidRotationRequest } from './errors.ts';
import { instantOf } from './instant.ts';

/** A request that came from outside, read field by field. */
export interface RequestFields {
  /** A string that must be there and not empty. */
  string(key: string): string;
  /** A string that must be there or be null. */
  nullableString(key: string): string | null;
  /** An instant (ISO 8601) that must be there. */
  instant(key: string): Date;
  /** An instant (ISO 8601) that must be there or be null. */
  nullableInstant(key: string): Date | null;
  /** One of the given words. */
  oneOf<Word extends string>(key: string, words: readonly Word[]): Word;
  /** A whole number from 0. */
  count(key: string): number;
  /** A nested object. */
  object(key: string): RequestFields;
  /** A nested object that must be there or be null. */
  nullableObject(key: string): RequestFields | null;
}

/**
 * Reads a request.
 *
 * @param what named in the errors, e.g. `The event`
 * @throws InvalidRotationRequest (the fields do, too) names the key that is wrong, never its value
 */
export function requestFields(what: string, request: unknown): RequestFields {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new InvalidRotationRequest(`${what} is not an object.`);
  }
  const values: Record<string, unknown> = { ...request };
  const refuse = (key: string, expected: string): never => {
    throw new InvalidRotationRequest(`${what} has no valid ${key}; expected ${expected}.`);
  };
  const nonEmpty = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return {
    string(key) {
      const value = values[key];
      return nonEmpty(value) ? value : refuse(key, 'a string that is not empty');
    },
    nullableString(key) {
      const value = values[key];
      return value === null || nonEmpty(value) ? value : refuse(key, 'a string that is not empty, or null');
    },
    instant(key) {
      return instantOf(values[key]) ?? refuse(key, 'an instant (ISO 8601)');
    },
    nullableInstant(key) {
      if (values[key] === null) return null;
      return instantOf(values[key]) ?? refuse(key, 'an instant (ISO 8601), or null');
    },
    oneOf(key, words) {
      return words.find(word => word === values[key]) ?? refuse(key, words.join(', '));
    },
    count(key) {
      const value = values[key];
      return Number.isInteger(value) && Number(value) >= 0
        ? Number(value)
        : refuse(key, 'a whole number from 0');
    },
    object(key) {
      return requestFields(`${what}'s ${key}`, values[key]);
    },
    nullableObject(key) {
      return values[key] === null ? null : requestFields(`${what}'s ${key}`, values[key]);
    },
  };
}
