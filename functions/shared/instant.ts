/** The instant that a text names; undefined when it is no such text. */
export function instantOf(text: unknown): Date | undefined {
  const instant = new Date(typeof text === 'string' ? text : Number.NaN);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
