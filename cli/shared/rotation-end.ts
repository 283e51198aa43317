import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Verdict } from '../../functions/shared/executions/verdict.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { belongsToRotation, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import type { Ending } from '../exit-code.ts';
import { assessFailure } from '../verdict/assessment.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';
import { CliError } from './cli-error.ts';
import type { Deployment } from './deployment.ts';
import type { ExecutionStep } from './execution-steps.ts';
import type { ExecutionFailure } from './executions.ts';
import { recordOf } from './run-record.ts';
import type { WaitContext } from './waiting.ts';

/** How the execution of a rotation ended. */
export type RotationEnd =
  | {
      readonly outcome: 'rotated';
      /** The previous version of AWSCURRENT; absent where no version is AWSPREVIOUS. */
      readonly previousVersionId?: string;
      /** The version that AWSCURRENT is on now. */
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

/** What the end is read for. */
export interface EndingRotation {
  readonly secretArn: string;
  readonly versionId: string;
  readonly executionArn: string;
}

/** How often to read the labels, and the pause in ms: reads may lag behind the promotion. */
const MAX_READS = 5;
const PAUSE_MS = 500;

/** Reads how a rotation ended from the last step of its execution and the secret's labels. */
export async function rotationEnd(
  rotation: EndingRotation,
  last: ExecutionStep | undefined,
  deployment: Deployment,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
): Promise<RotationEnd> {
  if (last?.kind !== 'closed') return { outcome: 'stillRunning' };
  if (last.failure !== undefined) {
    const failed = { secretArn: rotation.secretArn, executionArn: rotation.executionArn };
    const now = (): Date => new Date(time.nowMs());
    const { verdict, isPromoted, secret } = await assessFailure(failed, { aws, deployment, now });
    if (isPromoted) return { ...rotatedEnd(secret), failedAfterwards: true };
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
      return rotatedEnd(labels);
    }
    await time.sleep(PAUSE_MS, signal);
  }
}

function rotatedEnd(labels: Parameters<typeof versionWithStage>[0]): RotationEnd & { outcome: 'rotated' } {
  const previousVersionId = versionWithStage(labels, 'AWSPREVIOUS');
  return {
    outcome: 'rotated',
    previousVersionId,
    currentVersionId: versionWithStage(labels, 'AWSCURRENT') ?? '',
  };
}

/** The exit code of an end. */
export function endingOf({ outcome }: RotationEnd): Ending {
  if (outcome === 'failed') return 'rotationFailed';
  return outcome === 'stillRunning' ? 'stillRunning' : 'done';
}

/** Describes the end of a rotation, in lines if it failed. */
export function endText(
  end: RotationEnd,
  { secretName, command }: { readonly secretName: string; readonly command: CommandLine },
): string {
  switch (end.outcome) {
    case 'rotated':
      return `Rotated ${secretName}: AWSCURRENT moved${end.previousVersionId === undefined ? '' : ` from version ${end.previousVersionId}`} to ${end.currentVersionId}.${end.failedAfterwards === undefined ? '' : ' Its execution failed after that; nothing is left to do.'}`;
    case 'superseded':
      return `Superseded: AWSCURRENT of ${secretName} got a newer login or newer tokens during the rotation, in version ${end.currentVersionId}. They stay. Nothing is left to do.`;
    case 'configurationChecked':
      return `The configuration of ${secretName} is valid. Nothing was changed.`;
    case 'stillRunning':
      return `Timed out. The rotation of ${secretName} is still running. Follow it with: ${command`follow ${secretName}`}`;
    case 'failed':
      return verdictLines(end.verdict, { secretName, message: end.failure.message, command }).join('\n');
  }
}

/** The end as members of a JSON object. */
export function endResult(end: RotationEnd, secretName: string, command: CommandLine): object {
  if (end.outcome !== 'failed') return end;
  const { failure, verdict } = end;
  return { outcome: end.outcome, ...failure, ...verdictResult(verdict, { secretName, command }) };
}

/**
 * Reports the end of a rotation that was watched.
 *
 * @param about additional members of the JSON object
 * @throws CliError the rotation failed, or is still running
 */
export function reportEnd(
  { end, steps }: { readonly end: RotationEnd; readonly steps: readonly ExecutionStep[] },
  about: { readonly secret: string } & Readonly<Record<string, unknown>>,
  { terminal, command }: Pick<WaitContext, 'terminal' | 'command'>,
): void {
  terminal.result({ ...about, ...endResult(end, about.secret, command), states: recordOf(steps) });
  const text = endText(end, { secretName: about.secret, command });
  const ending = endingOf(end);
  if (ending !== 'done') throw new CliError(ending, text);
  terminal.line(text);
}
