import type { GenesysBehaviour } from '../../sandbox/genesys-cloud/behaviour.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { SecretsManagerBehaviour } from '../../sandbox/secrets-manager/behaviour.ts';

/** The options of a soak. */
export interface SoakOptions {
  /** The folder that contains the synthesised stack. */
  readonly assemblyDirectory: string;
  /** The time with faults, followed by more than a day without faults. */
  readonly days: number;
  readonly secrets: number;
  /** The share of all calls that get a fault, from 0 to 1. */
  readonly faultRate: number;
  /** The same seed gives the same figures. */
  readonly seed: number;
  /** The schedule of two secrets out of three; the second, fifth and so on have {@link CRON_SCHEDULE}. */
  readonly schedule: string;
  readonly window: string;
  /** The average time until the operator responds to a failure. */
  readonly operatorAfterMs: number;
  readonly retryToken: SecretsManagerBehaviour['retryToken'];
  /** With secrets that hold two grants. */
  readonly alternating: boolean;
  /** With random actions of people, slow calls and stale reads. */
  readonly people: boolean;
  /** Whether consumers read the published access token; the stack must be synthesised with `publishAccessTokens`. */
  readonly published?: boolean;
  readonly pendingAfterForeignWrite: SecretsManagerBehaviour['pendingAfterForeignWrite'];
  readonly refreshRevokesAccessTokens: GenesysBehaviour['refreshRevokesAccessTokens'];
  readonly reuseRevokesLineage: GenesysBehaviour['reuseRevokesLineage'];
}

/** How stale reads of Secrets Manager and ListExecutions are, in ms: the maximum that all functions tolerate. */
const READ_LAG_MS = 2_000;

/** The options of the sandbox for a soak. */
export function sandboxOptionsOf(
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
