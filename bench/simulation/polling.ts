import { LABEL_POLLING, type PollingSchedule } from '../../functions/rotation/polling.ts';
import { DEFAULT_FLEET, simulateFleet } from './fleet.ts';

/** The results of a schedule of the polls of DescribeSecret. */
export interface PollingFigures {
  readonly polling: PollingSchedule;
  /** Polls of a rotation whose functions are warm. */
  readonly polls: number;
  /** The median of a warm rotation, in ms. */
  readonly rotationMs: number;
}

/** The schedules to compare; the last one is deployed. */
const CANDIDATES: readonly PollingSchedule[] = [
  { firstMs: 250, intervalMs: 250, growth: 1, maxMs: 250 },
  { firstMs: 800, intervalMs: 100, growth: 1.1, maxMs: 2_000 },
  { firstMs: 800, intervalMs: 500, growth: 1.1, maxMs: 2_000 },
  { firstMs: 1_500, intervalMs: 250, growth: 1.1, maxMs: 2_000 },
  LABEL_POLLING,
];

/** Credentials at the pace of ten thousand in four hours. */
const WARM = { ...DEFAULT_FLEET, secrets: 625, windowMs: 900_000 };

/** Simulates the same fleet with every schedule. */
export function comparePolling(): readonly PollingFigures[] {
  return CANDIDATES.map(polling => {
    const { pollsPerRotation, rotation } = simulateFleet({ ...WARM, polling });
    return { polling, polls: pollsPerRotation, rotationMs: rotation.p50Ms };
  });
}
