import { type Period, workedMs } from '../../../step-functions/state-runs.ts';

/** A part of the axis, from 0 (left) to 1 (right). */
export interface Extent {
  readonly left: number;
  readonly width: number;
}

/** A mark on the axis. */
export interface TimelineTick {
  /** From 0 to 1. */
  readonly at: number;
  /** Since the start of its period. */
  readonly sinceMs: number;
}

/** The time between two periods. All gaps have the same width. */
export interface TimelineGap extends Extent {
  readonly durationMs: number;
}

const GAP_SHARE = 0.06;
const MAX_GAP_SHARE = 0.3;
/** The approximate number of ticks. */
const TICKS = 5;
/** The width of a tick's text. */
const TICK_TEXT_SHARE = 0.1;

interface Section {
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly left: number;
}

/** Periods side by side at one scale, with gaps between them, from 0 (left) to 1 (right). */
export class TimeAxis {
  readonly #now: Date;
  readonly #sections: Section[] = [];
  readonly #gapShare: number;
  readonly #totalMs: number;
  readonly #sharePerMs: number;

  /** @param now the end of an open period */
  constructor(periods: readonly Period[], now: Date) {
    this.#now = now;
    const gapCount = Math.max(0, periods.length - 1);
    this.#gapShare = gapCount === 0 ? 0 : Math.min(GAP_SHARE, MAX_GAP_SHARE / gapCount);
    this.#totalMs = Math.max(1, workedMs(periods, now));
    this.#sharePerMs = (1 - this.#gapShare * gapCount) / this.#totalMs;
    let left = 0;
    for (const period of periods) {
      const lengthMs = workedMs([period], now);
      this.#sections.push({ fromMs: period.from.getTime(), lengthMs, left });
      left += lengthMs * this.#sharePerMs + this.#gapShare;
    }
  }

  /** The extent of a time span within one of the periods. */
  extent({ from, to = this.#now }: Period): Extent {
    const section = this.#sections.findLast(({ fromMs }) => fromMs <= from.getTime()) ?? this.#sections[0];
    if (section === undefined) return { left: 0, width: 0 };
    const left = this.#at(section, from);
    return { left, width: Math.max(0, this.#at(section, to) - left) };
  }

  /** The gaps between the periods. */
  gaps(): readonly TimelineGap[] {
    return this.#sections.slice(1).map((section, index) => {
      const { fromMs, lengthMs } = this.#sections[index] ?? section;
      return {
        left: section.left - this.#gapShare,
        width: this.#gapShare,
        durationMs: section.fromMs - fromMs - lengthMs,
      };
    });
  }

  /** Round times since the start of each period, with room for their text. */
  ticks(): readonly TimelineTick[] {
    const stepMs = roundStepMs(this.#totalMs / TICKS);
    return this.#sections.flatMap(({ lengthMs, left }) => {
      const endOfRoom = left + lengthMs * this.#sharePerMs - TICK_TEXT_SHARE;
      return Array.from({ length: Math.floor(lengthMs / stepMs) + 1 }, (_, index) => ({
        at: left + index * stepMs * this.#sharePerMs,
        sinceMs: index * stepMs,
      })).filter(({ at, sinceMs }) => sinceMs === 0 || at <= endOfRoom);
    });
  }

  #at({ fromMs, lengthMs, left }: Section, instant: Date): number {
    const sinceMs = Math.min(Math.max(0, instant.getTime() - fromMs), lengthMs);
    return left + sinceMs * this.#sharePerMs;
  }
}

/** The next of 1, 2, 5, 10, 20, … ms. */
function roundStepMs(minMs: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, minMs)));
  return power * ([1, 2, 5].find(factor => factor * power >= minMs) ?? 10);
}
