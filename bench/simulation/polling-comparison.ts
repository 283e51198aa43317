import { POLLING, type PollingSchedule, waitBeforeLookMs } from '../../functions/rotation/polling.ts';
import { TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys-timeouts.ts';
import { sum } from './figures.ts';
import { DEFAULT_FLEET, simulateFleet } from './fleet.ts';

/** The results of a polling schedule. */
export interface PollingFigures {
  readonly polling: PollingSchedule;
  /** Polls and seconds waited for an execution, in a fleet with warm functions. */
  readonly warmPolls: number;
  readonly warmWaitedSeconds: number;
  /** The same where every function starts cold. */
  readonly coldPolls: number;
  readonly coldWaitedSeconds: number;
  /** Polls for an execution whose token request takes its full time. */
  readonly pollsInOutage: number;
  /** With more rotations than the quota has polls for: the p99 of a rotation, in ms, as a mean of several runs. */
  readonly overloadedP99Ms: number;
  /** The failed attempts of those runs, as a share of their rotations. */
  readonly overloadedFailures: number;
}

/** The schedules to compare; the last one is deployed. */
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

/** So rare that no environment is kept until the next rotation. */
const COLD = { ...DEFAULT_FLEET, secrets: 100, windowMs: 100 * HOUR_MS };

/** Eleven rotations a second for 100 s, with a quota of ten polls a second. */
const OVERLOADED = {
  ...DEFAULT_FLEET,
  secrets: 1_100,
  windowMs: 100_000,
  drained: ['DescribeExecution'] as const,
};

/** A single run has a few failed attempts or none, by chance. */
const OVERLOADED_SEEDS = [1, 2, 3, 4, 5];

/** A response of the token endpoint that comes just in time, and the rest of the rotation, in ms. */
const OUTAGE_MS = TOKEN_TIMEOUT_MS + 1_000;

/** Simulates the same situations with every schedule. */
export function comparePolling(): readonly PollingFigures[] {
  return CANDIDATES.map(polling => {
    const warm = simulateFleet({ ...WARM, polling });
    const cold = simulateFleet({ ...COLD, polling });
    const overloaded = OVERLOADED_SEEDS.map(seed => simulateFleet({ ...OVERLOADED, polling, seed }));
    return {
      polling,
      warmPolls: warm.pollsPerRotation,
      warmWaitedSeconds: warm.waitedSecondsPerRotation,
      coldPolls: cold.pollsPerRotation,
      coldWaitedSeconds: cold.waitedSecondsPerRotation,
      pollsInOutage: pollsFor(OUTAGE_MS, polling),
      overloadedP99Ms: mean(overloaded.map(({ rotation }) => rotation.p99Ms)),
      overloadedFailures:
        mean(overloaded.map(({ failedAttempts }) => sum(failedAttempts))) / OVERLOADED.secrets,
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** How many polls it takes to see the end of an execution. */
function pollsFor(executionMs: number, polling: PollingSchedule): number {
  let polls = 0;
  for (let waitedMs = 0; waitedMs < executionMs; polls++)
    waitedMs += waitBeforeLookMs(polls, () => 0.5, polling);
  return polls;
}
