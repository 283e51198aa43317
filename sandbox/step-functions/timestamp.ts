const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant of a timestamp in ms since 1970, or undefined for anything else. A timestamp is RFC 3339 with a
 * capital T and Z (Amazon States Language specification, "Timestamps").
 */
export function timestampMs(value: unknown): number | undefined {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
