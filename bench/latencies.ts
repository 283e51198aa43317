/** A latency distribution, given by its median and 99th percentile. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The publication, or that it is an assumption. */
  readonly source: string;
}

/**
 * The latencies of a rotation's calls within a region. No vendor publishes quantiles. Published measurements name their
 * source; everything else is an assumption on the high side. If you have measurements from your own account, enter them
 * here.
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
    source: 'Assumption, also for RedriveExecution.',
  },
  stateTransition: {
    p50Ms: 30,
    p99Ms: 150,
    source:
      'Assumption: a Standard workflow makes every transition durable (AWS Step Functions Developer Guide, "Choosing workflow type"). AWS does not publish the latency.',
  },
  invoke: {
    p50Ms: 15,
    p99Ms: 60,
    source:
      'Assumption: the request to a warm function and its response, excluding the time of the function itself.',
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
    source: 'Assumption: Genesys Cloud publishes no latencies.',
  },
  genesysApi: {
    p50Ms: 150,
    p99Ms: 1_000,
    source: 'Assumption: Genesys Cloud publishes no latencies.',
  },
  tableRead: {
    p50Ms: 5,
    p99Ms: 26,
    source:
      'soto-project/soto, issue 202: GetItem from a Node.js function takes 5 to 7 ms with an open connection, 26 ms at most. A strongly consistent read is assumed to take as long.',
  },
  tableWrite: {
    p50Ms: 8,
    p99Ms: 16,
    source:
      'Alex DeBrie, "DynamoDB Transactions Performance Testing": PutItem from a function, 7.55 ms (p50) and 16.2 ms (p99). UpdateItem is assumed to take as long.',
  },
  tableTransaction: {
    p50Ms: 25,
    p99Ms: 93,
    source:
      'Alex DeBrie, "DynamoDB Transactions Performance Testing": TransactWriteItems with 5 items from a function, 25.3 ms (p50) and 92.5 ms (p99).',
  },
} as const satisfies Record<string, Latency>;

/** The name of a latency. */
export type LatencyName = keyof typeof LATENCIES;

/** The 99th percentile of the standard normal distribution. */
const P99_SIGMAS = 2.3263;

/** The 99.9th percentile is the maximum: anything longer counts as a fault. */
const MAX_SIGMAS = 3.0902;

/**
 * Draws a time, in ms, from the log-normal distribution with the two quantiles of a latency. Service times are skewed
 * in this way.
 *
 * @param random numbers from 0 to below 1
 */
export function latencyMs(name: LatencyName, random: () => number): number {
  const { p50Ms, p99Ms } = LATENCIES[name];
  const sigmas = Math.min(standardNormal(random), MAX_SIGMAS);
  return p50Ms * (p99Ms / p50Ms) ** (sigmas / P99_SIGMAS);
}

/** Box-Muller transform. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
