import { LABEL_POLLING, type PollingSchedule } from '../../functions/rotation/polling.ts';
import { seededRandom } from '../../sandbox/seeded-random.ts';
import { parseDefinition } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { type FleetFigures, figuresOf } from './figures.ts';
import { GenesysLimits, type GenesysRates } from './genesys-limits.ts';
import { type LambdaCapacity, LambdaService } from './lambda-service.ts';
import { AccountQuotas, type QuotaName } from './quotas.ts';
import { rotateInWindow } from './secrets-manager.ts';
import { type SimulatedSecret, simulatedSecret } from './simulated-secret.ts';
import { Tally } from './tally.ts';
import { Timeline } from './timeline.ts';
import type { World } from './world.ts';

/** A fleet whose rotations fall into one window, and its account. */
export interface FleetOptions {
  readonly secrets: number;
  readonly windowMs: number;
  /** When rotations begin: at random moments of the window, or all when it opens. */
  readonly moments: 'uniform' | 'together';
  readonly region: string;
  readonly lambda: LambdaCapacity;
  readonly genesys: GenesysRates;
  /** When the rotation function looks at the labels. */
  readonly polling: PollingSchedule;
  /** Quotas that are used up when the window opens. */
  readonly drained: readonly QuotaName[];
  /** The same seed gives the same figures. */
  readonly seed: number;
}

/** Ten thousand credentials in an account with the default quotas, in a region with the smaller ones. */
export const DEFAULT_FLEET: FleetOptions = {
  secrets: 10_000,
  windowMs: 4 * 3_600_000,
  moments: 'uniform',
  region: 'eu-central-1',
  lambda: { concurrency: 1_000, reserved: undefined },
  genesys: { users: 1, apiPerUser: 3_000, tokenRequests: undefined },
  polling: LABEL_POLLING,
  drained: [],
  seed: 1,
};

/** Rotates every secret of a fleet once. */
export function simulateFleet(options: FleetOptions): FleetFigures {
  const { windowMs, moments } = options;
  const random = seededRandom(options.seed);
  const world = worldOf(options, random);
  const secrets: SimulatedSecret[] = [];
  for (let number = 0; number < options.secrets; number++) {
    const secret = simulatedSecret(number);
    secrets.push(secret);
    const dueMs = moments === 'together' ? 0 : random() * windowMs;
    world.timeline.start(rotateInWindow(world, secret, { dueMs, windowMs }));
  }
  world.timeline.run();
  return figuresOf(world.tally, secrets);
}

function worldOf(options: FleetOptions, random: () => number): World {
  const timeline = new Timeline();
  const nowMs = (): number => timeline.nowMs();
  const tally = new Tally();
  return {
    timeline,
    random,
    tally,
    quotas: new AccountQuotas(options.region, nowMs, options.drained),
    lambda: new LambdaService({ timeline, random, tally, capacity: options.lambda }),
    genesys: new GenesysLimits(options.genesys, nowMs),
    definition: parseDefinition(definitionText()),
    polling: options.polling,
    queued: { notify: 0 },
  };
}
