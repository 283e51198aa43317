import type { LatencyName } from '../../../bench/latencies.ts';

/** How long each call takes in the tests, whatever the benchmark assumes. */
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

/** How long a call takes, in ms. */
export function fixedLatency(name: LatencyName): number {
  return LATENCIES_MS[name];
}
