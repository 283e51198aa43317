import type { SecretsManagerBehaviour } from '../../sandbox/secrets-manager/behaviour.ts';

/** A simulated time with rotations, consumers, faults and an operator. */
export interface SoakOptions {
  /** Where the stack was synthesised to. */
  readonly assemblyDirectory: string;
  /** With faults; one without follows. */
  readonly days: number;
  readonly secrets: number;
  /** The share of all calls that a fault befalls, from 0 to 1. */
  readonly faultRate: number;
  /** The same one gives the same figures. */
  readonly seed: number;
  /** Of all secrets but every third one, counted from the second, which has {@link CRON_SCHEDULE}. */
  readonly schedule: string;
  readonly window: string;
  /** How long after a failure the operator comes, on average. */
  readonly operatorAfterMs: number;
  readonly retryToken: SecretsManagerBehaviour['retryToken'];
}

/** Three times a day, like the default rate, and on the same hours every day. */
export const CRON_SCHEDULE = 'cron(0 1,9,17 * * ? *)';
