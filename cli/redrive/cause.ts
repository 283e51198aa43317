import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { StateMachineAccess } from '../../functions/shared/executions.ts';
import type { Sleep } from '../../functions/shared/secret-versions.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { FoundExecution } from './failed-execution.ts';

/** Whether the cause of a failure seems fixed. */
export interface Cause {
  /** `unknown`: no check from here can tell. */
  readonly looks: 'gone' | 'unknown' | 'unchanged';
  /** The reason, as a sentence. */
  readonly why: string;
}

/** The failed execution. */
export type Failed = Pick<FoundExecution, 'executionArn' | 'secretArn' | 'versionId' | 'closedAt'>;

/** What the checks use. */
export interface CauseDependencies extends StateMachineAccess {
  readonly secrets: SecretsManagerClient;
  /** The login host of a Genesys Cloud host. */
  readonly loginUrlOf: (host: string) => string;
  /** Whether a server responds there, without an error of its own. */
  readonly serves: (url: string) => Promise<boolean>;
  readonly nowMs: () => number;
  readonly sleep: Sleep;
  /** Formats the next command to type. */
  readonly command: CommandLine;
}

/** No check applies, or it found nothing. */
export const UNKNOWN: Cause = {
  looks: 'unknown',
  why: 'No check from here can tell whether the cause is fixed.',
};
