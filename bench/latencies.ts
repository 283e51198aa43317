/** How long something takes: half of the times at most `p50Ms`, 99 of a hundred at most `p99Ms`. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Where the figures are from; an assumption says that it is one. */
  readonly source: string;
}

/**
 * How long the calls of a rotation take within a region. No vendor publishes quantiles of these: what others measured
 * is named with its place, and everything else is an assumption, taken rather high. Whoever has figures of their own
 * account puts them here.
 */
export const LATENCIES = {
  secretRead: {
    p50Ms: 25,
    p99Ms: 100,
    source:
      'DataDog/datadog-lambda-extension, pull request 244: GetSecretValue from a function takes 25 ms on average, the first one 58 ms. p99 assumed.',
  },
  secretWrite: {
    p50Ms: 50,
    p99Ms: 200,
    source: 'Assumption: twice a read.',
  },
  keyUse: {
    p50Ms: 25,
    p99Ms: 80,
    source:
      'aws/aws-encryption-sdk-python, issues 5 and 430: 23 to 29 ms for a Decrypt with an open connection, 55 to 80 ms at most.',
  },
  startExecution: {
    p50Ms: 40,
    p99Ms: 150,
    source: 'Assumption; RedriveExecution likewise.',
  },
  describeExecution: {
    p50Ms: 25,
    p99Ms: 100,
    source: 'Assumption: like another read.',
  },
  stateTransition: {
    p50Ms: 30,
    p99Ms: 150,
    source:
      'Assumption: a Standard workflow makes every transition durable (AWS Step Functions Developer Guide, "Choosing workflow type"); how long that takes is published nowhere.',
  },
  invoke: {
    p50Ms: 15,
    p99Ms: 60,
    source: 'Assumption: the way to a warm function and back, without its own time.',
  },
  coldStart: {
    p50Ms: 290,
    p99Ms: 910,
    source:
      'Lambda Cold Starts Benchmark (20 Nov 2023), gist adriantanasa/06a9cbc3: Node.js 20 with a package of 512 kB, 288 ms on average, 911 ms at most in 100 starts. AWS Lambda Operator Guide, "Cold starts and latency": from under 100 ms to over 1 s.',
  },
  tokenEndpoint: {
    p50Ms: 300,
    p99Ms: 1_500,
    source: 'Assumption: Genesys Cloud publishes none.',
  },
  genesysApi: {
    p50Ms: 150,
    p99Ms: 1_000,
    source: 'Assumption: Genesys Cloud publishes none.',
  },
  eventDelivery: {
    p50Ms: 500,
    p99Ms: 2_000,
    source: 'Amazon EventBridge FAQs: about half a second typically. p99 assumed.',
  },
  tableRead: {
    p50Ms: 10,
    p99Ms: 40,
    source: 'Amazon DynamoDB: single-digit milliseconds, seen by a function. p99 assumed.',
  },
} as const satisfies Record<string, Latency>;

/** What takes time. */
export type LatencyName = keyof typeof LATENCIES;

/** The 99th percentile of the standard normal distribution. */
const P99_SIGMAS = 2.3263;

/** No time is longer than one in a thousand: what takes longer than that is a fault, and no matter of latency. */
const LONGEST_SIGMAS = 3.0902;

/**
 * A time for something, in ms, drawn from the log-normal distribution that its two quantiles give: service times are
 * skewed like that.
 *
 * @param random numbers from 0 to below 1
 */
export function latencyMs(name: LatencyName, random: () => number): number {
  const { p50Ms, p99Ms } = LATENCIES[name];
  const sigmas = Math.min(standardNormal(random), LONGEST_SIGMAS);
  return p50Ms * (p99Ms / p50Ms) ** (sigmas / P99_SIGMAS);
}

/** The transformation of Box and Muller. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
