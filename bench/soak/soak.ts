import { SecretWatch } from '../secret-watch.ts';
import { FaultChance } from './fault-chance.ts';
import type { SoakFigures } from './figures.ts';
import { Promotions } from './promotions.ts';
import { startRepeatable } from './repeatable-sandbox.ts';
import { SlowCalls } from './slow-calls.ts';
import { type SoakOptions, worldOf } from './soak-options.ts';
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
  const chance = new FaultChance({ rate, seed });
  const slowCalls = people ? new SlowCalls({ seed, isFaulty: () => chance.awaitsGenesysRequest }) : undefined;
  const sandbox = await startRepeatable({
    assemblyDirectory: options.assemblyDirectory,
    seed,
    ...worldOf(options),
    ...(slowCalls !== undefined && { latencies: slowCalls.latencies }),
    awsInterceptors: [watch.awsInterceptor, promotions.awsInterceptor, chance.awsInterceptor],
    invocationInterceptors: [
      watch.invocationInterceptor,
      ledger.invocationInterceptor,
      chance.invocationInterceptor,
    ],
    onDefect: failure => sandboxFailures.push(failure),
  });
  const run = new SoakRun(options, sandbox, { watch, ledger, promotions, chance, slowCalls });
  try {
    const figures = await run.figures();
    if (sandboxFailures.length > 0) throw new AggregateError(sandboxFailures, 'The sandbox has failed.');
    return figures;
  } finally {
    await run.close();
  }
}
