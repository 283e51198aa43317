const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A duration in its largest units, such as `7 h 12 min`; a negative one is `0 s`. */
export function durationText(ms: number, units: 1 | 2 = 2): string {
  let rest = Math.max(0, Math.floor(ms / 1_000));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    rest -= count * seconds;
    if (parts.length === units) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** An instant, such as `2026-03-01 14:05 UTC`; the schedules are also in UTC. */
export function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** An instant relative to now, such as `in 8 h` or `5 min ago`. */
export function relativeText(instant: Date, now: Date): string {
  const ms = instant.getTime() - now.getTime();
  return ms < 0 ? `${durationText(-ms, 1)} ago` : `in ${durationText(ms, 1)}`;
}
