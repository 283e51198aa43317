import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { adviceFor } from '../../functions/shared/advice.ts';
import { belongsToRotation, versionWithStage } from '../../functions/shared/secret-versions.ts';
import type { Ending } from '../exit-code.ts';
import type { ExecutionStep } from './execution-steps.ts';
import type { ExecutionFailure } from './executions.ts';
import type { WaitContext } from './waiting.ts';

/** How the execution of a rotation ended. */
export type RotationEnd =
  | {
      readonly outcome: 'rotated';
      /** The previous version of AWSCURRENT; absent where no version is AWSPREVIOUS. */
      readonly previousVersionId?: string;
      /** The version that AWSCURRENT is on now. */
      readonly currentVersionId: string;
    }
  /** AWSCURRENT got a newer login, or newer tokens of the same login, during the rotation. */
  | { readonly outcome: 'superseded'; readonly currentVersionId: string }
  /** It only tested the configuration. */
  | { readonly outcome: 'configurationChecked' }
  | ({ readonly outcome: 'failed' } & FailedEnd)
  | { readonly outcome: 'stillRunning' };

/** What failed, and what to do. */
interface FailedEnd extends Omit<ExecutionFailure, 'message'> {
  readonly message?: string;
  /** The impact on the credential and its consumers. */
  readonly credential: string;
  readonly action: string;
  /** The runbook entry. */
  readonly runbook: string;
}

/** How often to read the labels, and the pause in ms: reads may lag behind the promotion. */
const MAX_READS = 5;
const PAUSE_MS = 500;

/** Reads how a rotation ended from the last step of its execution and the secret's labels. */
export async function rotationEnd(
  rotation: { readonly secretArn: string; readonly versionId: string },
  last: ExecutionStep | undefined,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
): Promise<RotationEnd> {
  if (last?.kind !== 'closed') return { outcome: 'stillRunning' };
  if (last.failure !== undefined) return { outcome: 'failed', ...failedEnd(last.failure) };
  if (last.state === 'ConfigurationChecked') return { outcome: 'configurationChecked' };
  for (let read = 1; ; read++) {
    const { VersionIdsToStages = {} } = await aws.secrets.send(
      new DescribeSecretCommand({ SecretId: rotation.secretArn }),
    );
    const labels = { stages: VersionIdsToStages };
    const currentVersionId = versionWithStage(labels, 'AWSCURRENT') ?? '';
    if (last.state === 'Superseded') return { outcome: 'superseded', currentVersionId };
    if (belongsToRotation(currentVersionId, rotation.versionId) || read === MAX_READS) {
      const previousVersionId = versionWithStage(labels, 'AWSPREVIOUS');
      return {
        outcome: 'rotated',
        ...(previousVersionId !== undefined && { previousVersionId }),
        currentVersionId,
      };
    }
    await time.sleep(PAUSE_MS, signal);
  }
}

/** A failure with the advice of the runbook. */
function failedEnd({ status, state, error, message }: ExecutionFailure): FailedEnd {
  const { credential, action, runbookEntry } = adviceFor({
    status,
    state,
    error: status === 'FAILED' ? error : undefined,
  });
  return {
    status,
    state,
    error,
    ...(message !== undefined && { message }),
    credential,
    action,
    runbook: `docs/runbook.md#${runbookEntry}`,
  };
}

/** The exit code of an end. */
export function endingOf({ outcome }: RotationEnd): Ending {
  if (outcome === 'failed') return 'rotationFailed';
  return outcome === 'stillRunning' ? 'stillRunning' : 'done';
}
