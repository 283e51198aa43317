import type { FunctionName } from '../../infra/function-list.ts';
import { PRICES, type PriceName } from './prices.ts';
import type { Usage } from './usage.ts';

const HOURS_PER_MONTH = 730;
const BYTES_PER_GB = 1024 ** 3;

/** Assumptions, on the high side, for what the sandbox cannot count. */
export const ASSUMED = {
  /** Billed duration of an invocation, including initialisation. */
  seconds: {
    rotation: 4,
    fetch: 0.4,
    refresh: 0.8,
    'store-pending': 0.4,
    verify: 0.6,
    promote: 0.4,
    publish: 0.4,
    notify: 0.4,
    'overdue-check': 1,
  } satisfies Record<FunctionName, number>,
  /** Start, end and report of an invocation in JSON. */
  lambdaLogBytesPerInvocation: 1200,
  /** The events of one execution without their data. */
  stateMachineLogBytesPerRotation: 16_384,
  /** One for the rotation function and one for the execution; sampling records fewer. */
  tracesPerRotation: 2,
  /** Metrics that the functions report under the deployment's name. */
  customMetrics: 8,
  /** DynamoDB adds this to the size of an item (Amazon DynamoDB Pricing for On-Demand Capacity). */
  bytesPerItem: 100,
  /** For the size of the journal: its age, and the time from one rotation to the next. */
  journalHours: 365 * 24,
  hoursBetweenRotations: 8,
} as const;

/** One line of a bill. */
export interface BillLine {
  readonly price: PriceName;
  readonly units: number;
  readonly dollars: number;
}

/** The bill of one rotation. */
export function rotationBill({ rotation, deployment }: Usage): BillLine[] {
  const invocations = Object.entries(rotation.invocations) as [FunctionName, number][];
  const count = invocations.reduce((sum, [, times]) => sum + times, 0);
  const seconds = invocations.reduce((sum, [name, times]) => sum + times * ASSUMED.seconds[name], 0);
  return bill({
    transition: rotation.transitions,
    lambdaRequest: count,
    lambdaGbSecond: (seconds * deployment.memoryMb) / 1024,
    secretCall: rotation.secretCalls,
    keyCall: rotation.keyCalls,
    tableRead: rotation.tableReads,
    tableWrite: rotation.tableWrites,
    logGigabyte: (rotation.logBytes + count * ASSUMED.lambdaLogBytesPerInvocation) / BYTES_PER_GB,
    vendedLogGigabyte: ASSUMED.stateMachineLogBytesPerRotation / BYTES_PER_GB,
    trace: ASSUMED.tracesPerRotation,
  });
}

/** The additional bill of a rotation that publishes the access token. */
export function publicationBill({ deployment }: Usage): BillLine[] {
  return bill({
    transition: 1,
    lambdaRequest: 1,
    lambdaGbSecond: (ASSUMED.seconds.publish * deployment.memoryMb) / 1024,
    // The labels before and after, the value, and the write.
    secretCall: 4,
    logGigabyte: ASSUMED.lambdaLogBytesPerInvocation / BYTES_PER_GB,
  });
}

/** The monthly bill of a deployment without any rotation; the overdue check lists `secrets` secrets every hour. */
export function deploymentBill({ deployment, journal }: Usage, secrets: number): BillLine[] {
  return bill({
    keyMonth: deployment.keys,
    alarmMetricMonth: deployment.alarmMetrics,
    dashboardMonth: deployment.dashboards,
    metricMonth: ASSUMED.customMetrics,
    lambdaRequest: HOURS_PER_MONTH,
    lambdaGbSecond: (HOURS_PER_MONTH * ASSUMED.seconds['overdue-check'] * deployment.memoryMb) / 1024,
    secretCall: HOURS_PER_MONTH * Math.ceil(secrets / 100),
    tableGigabyteMonth: (secrets * journalBytes(journal)) / BYTES_PER_GB,
  });
}

/** The size of one credential's items in the journal after a year. */
function journalBytes({ tokenBytes, lineageBytes }: Usage['journal']): number {
  const rotations = ASSUMED.journalHours / ASSUMED.hoursBetweenRotations;
  return rotations * (tokenBytes + ASSUMED.bytesPerItem) + lineageBytes + ASSUMED.bytesPerItem;
}

/** The monthly cost of a credential, including the secret and its share of the deployment. */
export function credentialMonth(usage: Usage, hoursBetweenRotations: number, secrets: number): number {
  const rotations = HOURS_PER_MONTH / hoursBetweenRotations;
  return (
    PRICES.secretMonth.dollars +
    rotations * total(rotationBill(usage)) +
    total(deploymentBill(usage, secrets)) / secrets
  );
}

/** The sum of a bill in dollars. */
export function total(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

function bill(units: Partial<Record<PriceName, number>>): BillLine[] {
  return (Object.entries(units) as [PriceName, number][]).map(([price, count]) => ({
    price,
    units: count,
    dollars: count * PRICES[price].dollars,
  }));
}
