import { SecretWatch } from '../secret-watch.ts';
import type { SoakFigures } from './figures.ts';
import { Promotions } from './promotions.ts';
import { RandomFaults } from './random-faults.ts';
import { startRepeatable } from './repeatable-sandbox.ts';
import { SlowCalls } from './slow-calls.ts';
import { type SoakOptions, sandboxOptionsOf } from './soak-options.ts';
import { SoakRun } from './soak-run.ts';
import { TokenLedger } from './token-ledger.ts';

/**
 * Runs a soak.
 *
 * @throws Error the sandbox itself has failed
 */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const sandboxFailures: unknown[] = [];
  const watch = new SecretWatch();
  const ledger = new TokenLedger();
  const promotions = new Promotions();
  const { faultRate: rate, seed, people } = options;
  const randomFaults = new RandomFaults({ rate, seed });
  const slowCalls = people
    ? new SlowCalls({ seed, isFaulty: () => randomFaults.hasPendingGenesysFault })
    : undefined;
  const sandbox = await startRepeatable({
    assemblyDirectory: options.assemblyDirectory,
    seed,
    ...sandboxOptionsOf(options),
    ...(slowCalls !== undefined && { latencies: slowCalls.latencies }),
    awsInterceptors: [watch.awsInterceptor, promotions.awsInterceptor, randomFaults.awsInterceptor],
    invocationInterceptors: [
      watch.invocationInterceptor,
      ledger.invocationInterceptor,
      randomFaults.invocationInterceptor,
    ],
    onDefect: failure => sandboxFailures.push(failure),
  });
  const run = new SoakRun(options, sandbox, { watch, ledger, promotions, randomFaults, slowCalls });
  try {
    const figures = await run.figures();
    if (sandboxFailures.length > 0) throw new AggregateError(sandboxFailures, 'The sandbox has failed.');
    return figures;
  } finally {
    await run.close();
  }
}
