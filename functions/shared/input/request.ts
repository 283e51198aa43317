import { InvalidRotationRequest } from '../errors.ts';
import { isExecutionArn, isSecretArn } from './arns.ts';
import { instantOf } from './parse.ts';

/** Reads the fields of an untrusted request. */
export interface RequestFields {
  /** A required, non-empty string. */
  string(key: string): string;
  /** A name or id of 1 to 64 printable ASCII characters. */
  id(key: string): string;
  /** The complete ARN of a secret. */
  secretArn(key: string): string;
  /** The ARN of an execution. */
  executionArn(key: string): string;
  /** A required string or null. */
  nullableString(key: string): string | null;
  /** A required instant (ISO 8601). */
  instant(key: string): Date;
  /** A required instant (ISO 8601) or null. */
  nullableInstant(key: string): Date | null;
  /** One of the given words. */
  oneOf<Word extends string>(key: string, words: readonly Word[]): Word;
  /** A non-negative integer. */
  count(key: string): number;
  boolean(key: string): boolean;
  /** A nested object. */
  object(key: string): RequestFields;
  /** A required nested object or null. */
  nullableObject(key: string): RequestFields | null;
}

/** Whether a text can be a version id, a fingerprint or the name of a state: up to 64 printable ASCII characters. */
export function isId(text: string): boolean {
  return /^[!-~]{1,64}$/.test(text);
}

/**
 * Reads a request. Errors and logs quote ARNs and ids of requests, so only well-formed ones are accepted.
 *
 * @param what named in the errors, e.g. `The event`
 * @throws InvalidRotationRequest (also from the fields) names the invalid key, never its value
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
  const shaped = (key: string, hasShape: (value: string) => boolean, expected: string): string => {
    const value = values[key];
    return typeof value === 'string' && hasShape(value) ? value : refuse(key, expected);
  };
  return {
    string(key) {
      return shaped(key, nonEmpty, 'a string that is not empty');
    },
    id(key) {
      return shaped(key, isId, 'a name or id of 1 to 64 printable ASCII characters');
    },
    secretArn(key) {
      return shaped(key, isSecretArn, 'the complete ARN of a secret');
    },
    executionArn(key) {
      return shaped(key, isExecutionArn, 'the ARN of an execution');
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
        : refuse(key, 'a non-negative integer');
    },
    boolean(key) {
      const value = values[key];
      return typeof value === 'boolean' ? value : refuse(key, 'true or false');
    },
    object(key) {
      return requestFields(`${what}'s ${key}`, values[key]);
    },
    nullableObject(key) {
      return values[key] === null ? null : requestFields(`${what}'s ${key}`, values[key]);
    },
  };
}
