export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A duration as text, in whole ms. */
export function milliseconds(ms: number): string {
  return `${Math.round(ms).toLocaleString('en')} ms`;
}
