import type { Json } from '../json.ts';

/** What is left of a value once it has been written as JSON and read again; `undefined` becomes null. */
export function throughJson(value: unknown): Json {
  if (value === undefined) return null;
  const copy: Json = JSON.parse(JSON.stringify(value));
  return copy;
}

/** The size of a value in bytes, as compact JSON in UTF-8. */
export function jsonSizeBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}
