const SECOND_MS = 1_000;

/** Each unit with the next smaller one; the first that fits is used. */
const UNITS = [
  { unitMs: 86_400_000, unit: 'd', partMs: 3_600_000, part: 'h' },
  { unitMs: 3_600_000, unit: 'h', partMs: 60_000, part: 'min' },
  { unitMs: 60_000, unit: 'min', partMs: SECOND_MS, part: 's' },
] as const;

/** A duration in its two largest units: `850 ms`, `1.2 s`, `2 min 5 s`, `1 d 3 h`. */
export function durationText(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < SECOND_MS) return `${ms} ms`;
  const fitting = UNITS.find(({ unitMs }) => ms >= unitMs);
  if (fitting === undefined) return `${Math.floor(ms / 100) / 10} s`;
  const { unitMs, unit, partMs, part } = fitting;
  const parts = Math.floor((ms % unitMs) / partMs);
  return `${Math.floor(ms / unitMs)} ${unit}${parts === 0 ? '' : ` ${parts} ${part}`}`;
}

/** An instant relative to now: `in 8 h`, `3 min 5 s ago`, `now`. */
export function distanceText(instant: Date, now: Date): string {
  const aheadMs = instant.getTime() - now.getTime();
  if (Math.abs(aheadMs) < SECOND_MS) return 'now';
  return aheadMs > 0 ? `in ${durationText(aheadMs)}` : `${durationText(-aheadMs)} ago`;
}

/** Date and time to the second: `2025-03-01 08:30:00 UTC`. */
export function dateTimeText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A short form in UTC: `08:30:00` on the same day, otherwise `2025-03-01 08:30`. */
export function shortTimeText(instant: Date, now: Date): string {
  const text = instant.toISOString();
  return text.slice(0, 10) === now.toISOString().slice(0, 10)
    ? text.slice(11, 19)
    : text.slice(0, 16).replace('T', ' ');
}

/** The time of day to the millisecond, in UTC: `08:30:00.125`. */
export function timeOfDayText(instant: Date): string {
  return instant.toISOString().slice(11, 23);
}
