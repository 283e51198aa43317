import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Verdict } from '../../functions/shared/executions/verdict.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { belongsToRotation, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import type { ExitReason } from '../exit-code.ts';
import { assessFailure } from '../verdict/assessment.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';
import { CliError } from './cli-error.ts';
import type { Deployment } from './deployment.ts';
import type { ExecutionStep } from './execution-steps.ts';
import type { ExecutionFailure } from './executions.ts';
import { recordOf } from './run-record.ts';
import type { WaitContext } from './waiting.ts';

/** How the execution of a rotation ended. */
export type RotationResult =
  | {
      readonly outcome: 'rotated';
      /** The previous version of AWSCURRENT; absent if no version has AWSPREVIOUS. */
      readonly previousVersionId?: string;
      /** The version that has AWSCURRENT now. */
      readonly currentVersionId: string;
      /** Whether the execution failed after AWSCURRENT had moved. */
      readonly failedAfterwards?: true;
    }
  /** AWSCURRENT got a newer login, or newer tokens of the same login, during the rotation. */
  | { readonly outcome: 'superseded'; readonly currentVersionId: string }
  /** It only tested the configuration. */
  | { readonly outcome: 'configurationChecked' }
  | { readonly outcome: 'failed'; readonly failure: ExecutionFailure; readonly verdict: Verdict }
  | { readonly outcome: 'stillRunning' };

/** Identifies a rotation and its execution. */
export interface RotationIdentity {
  readonly secretArn: string;
  readonly versionId: string;
  readonly executionArn: string;
}

/** Maximum number of reads of the labels, and the pause between them in ms: reads may lag behind the promotion. */
const MAX_READS = 5;
const PAUSE_MS = 500;

/** Reads how a rotation ended from the last step of its execution and the secret's labels. */
export async function readRotationResult(
  rotation: RotationIdentity,
  last: ExecutionStep | undefined,
  deployment: Deployment,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
): Promise<RotationResult> {
  if (last?.kind !== 'closed') return { outcome: 'stillRunning' };
  if (last.failure !== undefined) {
    const failed = { secretArn: rotation.secretArn, executionArn: rotation.executionArn };
    const now = (): Date => new Date(time.nowMs());
    const { verdict, isPromoted, secret } = await assessFailure(failed, { aws, deployment, now });
    if (isPromoted) return { ...rotatedResult(secret), failedAfterwards: true };
    return { outcome: 'failed', failure: last.failure, verdict };
  }
  if (last.state === 'ConfigurationChecked') return { outcome: 'configurationChecked' };
  for (let read = 1; ; read++) {
    const { VersionIdsToStages = {} } = await aws.secrets.send(
      new DescribeSecretCommand({ SecretId: rotation.secretArn }),
    );
    const labels = { stages: VersionIdsToStages };
    const currentVersionId = versionWithStage(labels, 'AWSCURRENT') ?? '';
    if (last.state === 'Superseded') return { outcome: 'superseded', currentVersionId };
    if (belongsToRotation(currentVersionId, rotation.versionId) || read === MAX_READS) {
      return rotatedResult(labels);
    }
    await time.sleep(PAUSE_MS, signal);
  }
}

function rotatedResult(
  labels: Parameters<typeof versionWithStage>[0],
): RotationResult & { outcome: 'rotated' } {
  const previousVersionId = versionWithStage(labels, 'AWSPREVIOUS');
  return {
    outcome: 'rotated',
    previousVersionId,
    currentVersionId: versionWithStage(labels, 'AWSCURRENT') ?? '',
  };
}

/** The exit reason for a result. */
export function exitReasonOf({ outcome }: RotationResult): ExitReason {
  if (outcome === 'failed') return 'rotationFailed';
  return outcome === 'stillRunning' ? 'stillRunning' : 'done';
}

/** Describes the result of a rotation; several lines if it failed. */
export function describeResult(
  result: RotationResult,
  { secretName, command }: { readonly secretName: string; readonly command: CommandLine },
): string {
  switch (result.outcome) {
    case 'rotated':
      return `Rotated ${secretName}: AWSCURRENT moved${result.previousVersionId === undefined ? '' : ` from version ${result.previousVersionId}`} to ${result.currentVersionId}.${result.failedAfterwards === undefined ? '' : ' The execution failed afterwards; no action is needed.'}`;
    case 'superseded':
      return `Superseded: during the rotation, AWSCURRENT of ${secretName} got a newer login or newer tokens (version ${result.currentVersionId}). The rotation kept them. No action is needed.`;
    case 'configurationChecked':
      return `The configuration of ${secretName} is valid. Nothing was changed.`;
    case 'stillRunning':
      return `Timed out. The rotation of ${secretName} is still running. Follow it with: ${command`follow ${secretName}`}`;
    case 'failed':
      return verdictLines(result.verdict, { secretName, message: result.failure.message, command }).join(
        '\n',
      );
  }
}

/** The result as members of a JSON object. */
export function resultJson(result: RotationResult, secretName: string, command: CommandLine): object {
  if (result.outcome !== 'failed') return result;
  const { failure, verdict } = result;
  return { outcome: result.outcome, ...failure, ...verdictResult(verdict, { secretName, command }) };
}

/**
 * Reports the result of a rotation that the command followed.
 *
 * @param about additional members of the JSON object
 * @throws CliError the rotation failed, or is still running
 */
export function reportResult(
  { result, steps }: { readonly result: RotationResult; readonly steps: readonly ExecutionStep[] },
  about: { readonly secret: string } & Readonly<Record<string, unknown>>,
  { terminal, command }: Pick<WaitContext, 'terminal' | 'command'>,
): void {
  terminal.result({ ...about, ...resultJson(result, about.secret, command), states: recordOf(steps) });
  const text = describeResult(result, { secretName: about.secret, command });
  const exitReason = exitReasonOf(result);
  if (exitReason !== 'done') throw new CliError(exitReason, text);
  terminal.line(text);
}
