import type { PollingSchedule } from '../../functions/rotation/polling.ts';
import type { Definition } from '../../statemachine/definition.ts';
import type { GenesysLimits } from './genesys-limits.ts';
import type { LambdaService } from './lambda-service.ts';
import type { AccountQuotas } from './quotas.ts';
import type { Tally } from './tally.ts';
import type { Timeline } from './timeline.ts';

/** The shared parts of a run. */
export interface World {
  readonly timeline: Timeline;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly quotas: AccountQuotas;
  readonly lambda: LambdaService;
  readonly genesys: GenesysLimits;
  readonly tally: Tally;
  readonly definition: Definition;
  readonly polling: PollingSchedule;
  /** Events in Lambda's queue because it refused them. */
  readonly queued: { notify: number };
}
