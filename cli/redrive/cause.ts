import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { StateMachineAccess } from '../../functions/shared/executions/executions.ts';
import type { GenesysUrls, GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { Sleep } from '../../functions/shared/secrets/secret-versions.ts';
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
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** The endpoints of Genesys Cloud that do not serve. */
  readonly unserved: (urls: GenesysUrls) => Promise<readonly string[]>;
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
