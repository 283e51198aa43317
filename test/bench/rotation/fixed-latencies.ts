import type { LatencyName } from '../../../bench/latencies.ts';

/** Fixed latencies for the tests, independent of what the benchmark assumes. */
const LATENCIES_MS: Readonly<Record<LatencyName, number>> = {
  secretRead: 25,
  secretWrite: 50,
  keyUse: 25,
  startExecution: 40,
  stateTransition: 30,
  invoke: 15,
  coldStart: 290,
  tokenEndpoint: 300,
  genesysApi: 150,
  tableRead: 5,
  tableWrite: 8,
  tableTransaction: 25,
};

/** The fixed latency of a call, in ms. */
export function fixedLatency(name: LatencyName): number {
  return LATENCIES_MS[name];
}
