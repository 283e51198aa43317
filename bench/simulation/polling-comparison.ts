import { POLLING, type PollingSchedule, waitBeforeLookMs } from '../../functions/rotation/polling.ts';
import { sum } from './figures.ts';
import { DEFAULT_FLEET, simulateFleet } from './fleet.ts';

/** How a polling schedule does. */
export interface PollingFigures {
  readonly polling: PollingSchedule;
  /** Looks at an execution, and seconds waited, in a fleet whose functions are warm. */
  readonly warmLooks: number;
  readonly warmWaitedSeconds: number;
  /** The same where every function starts cold. */
  readonly coldLooks: number;
  readonly coldWaitedSeconds: number;
  /** Looks at an execution that takes as long as one whose token endpoint is silent twice. */
  readonly looksInOutage: number;
  /** With more rotations than looks for them: the slowest of a hundred, in ms, and the attempts that failed. */
  readonly overloadedP99Ms: number;
  readonly overloadedFailures: number;
}

/** The schedules that are compared; the last one is the deployed one. */
const CANDIDATES: readonly PollingSchedule[] = [
  { firstLookMs: 1_000, growth: 1, longestWaitMs: 1_000 },
  { firstLookMs: 1_500, growth: 1.5, longestWaitMs: 8_000 },
  { firstLookMs: 2_000, growth: 1, longestWaitMs: 2_000 },
  { firstLookMs: 2_000, growth: 1.5, longestWaitMs: 8_000 },
  { firstLookMs: 2_000, growth: 2, longestWaitMs: 16_000 },
  { firstLookMs: 3_000, growth: 1.5, longestWaitMs: 8_000 },
  POLLING,
];

const HOUR_MS = 3_600_000;

/** Credentials at the pace of ten thousand in four hours. */
const WARM = { ...DEFAULT_FLEET, secrets: 625, windowMs: HOUR_MS / 4 };

/** So rare that no environment lives on to the next rotation. */
const COLD = { ...DEFAULT_FLEET, secrets: 100, windowMs: 100 * HOUR_MS };

/** Eleven rotations a second for 100 s: each needs one of ten calls a second at least. */
const OVERLOADED = {
  ...DEFAULT_FLEET,
  secrets: 1_100,
  windowMs: 100_000,
  drained: ['DescribeExecution'] as const,
};

/** Two time-outs of the token endpoint, a pause between them, and the rest of the rotation, in ms. */
const OUTAGE_MS = 12_000;

/** Runs every candidate through the same situations. */
export function comparePolling(): readonly PollingFigures[] {
  return CANDIDATES.map(polling => {
    const warm = simulateFleet({ ...WARM, polling });
    const cold = simulateFleet({ ...COLD, polling });
    const overloaded = simulateFleet({ ...OVERLOADED, polling });
    return {
      polling,
      warmLooks: warm.looksPerRotation,
      warmWaitedSeconds: warm.waitedSecondsPerRotation,
      coldLooks: cold.looksPerRotation,
      coldWaitedSeconds: cold.waitedSecondsPerRotation,
      looksInOutage: looksAt(OUTAGE_MS, polling),
      overloadedP99Ms: overloaded.rotation.p99Ms,
      overloadedFailures: sum(overloaded.failedAttempts),
    };
  });
}

/** How many looks it takes to see the end of an execution. */
function looksAt(executionMs: number, polling: PollingSchedule): number {
  let looks = 0;
  for (let waitedMs = 0; waitedMs < executionMs; looks++)
    waitedMs += waitBeforeLookMs(looks, () => 0.5, polling);
  return looks;
}
