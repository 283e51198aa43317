import type { GenesysBehaviour } from '../../sandbox/genesys-cloud/behaviour.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { SecretsManagerBehaviour } from '../../sandbox/secrets-manager/behaviour.ts';

/** The options of a soak. */
export interface SoakOptions {
  /** Where the stack was synthesised to. */
  readonly assemblyDirectory: string;
  /** The time with faults; more than a day without faults follows. */
  readonly days: number;
  readonly secrets: number;
  /** The share of all calls that get a fault, from 0 to 1. */
  readonly faultRate: number;
  /** The same seed gives the same figures. */
  readonly seed: number;
  /** The schedule of two secrets out of three; the second, fifth and so on have {@link CRON_SCHEDULE}. */
  readonly schedule: string;
  readonly window: string;
  /** The average time from a failure to the operator. */
  readonly operatorAfterMs: number;
  readonly retryToken: SecretsManagerBehaviour['retryToken'];
  /** With secrets that hold two grants. */
  readonly alternating: boolean;
  /** With people at random moments, slow calls and stale reads. */
  readonly people: boolean;
  /** Whether consumers read the published access token; the stack must be synthesised with `publishAccessTokens`. */
  readonly published?: boolean;
  readonly pendingAfterForeignWrite: SecretsManagerBehaviour['pendingAfterForeignWrite'];
  readonly refreshRevokesAccessTokens: GenesysBehaviour['refreshRevokesAccessTokens'];
  readonly reuseRevokesLineage: GenesysBehaviour['reuseRevokesLineage'];
}

/** How stale the reads of Secrets Manager and ListExecutions are, in ms: the most that every function tolerates. */
const READ_LAG_MS = 2_000;

/** The sandbox's options that follow from those of a soak. */
export function worldOf(
  options: SoakOptions,
): Pick<SandboxOptions, 'secretsManager' | 'stepFunctions' | 'genesysCloud'> {
  const { seed, people, retryToken, pendingAfterForeignWrite } = options;
  const { refreshRevokesAccessTokens, reuseRevokesLineage } = options;
  const lagMs = people ? READ_LAG_MS : 0;
  return {
    secretsManager: {
      rotationMoment: { seed },
      retryToken,
      pendingAfterForeignWrite,
      readLagMs: lagMs,
    },
    stepFunctions: { listLagMs: lagMs },
    genesysCloud: { refreshRevokesAccessTokens, reuseRevokesLineage },
  };
}

/** Three times a day, like the default rate, at the same hours every day. */
export const CRON_SCHEDULE = 'cron(0 1,9,17 * * ? *)';
