import {
  InvalidParameterException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { log } from '../shared/log.ts';
import { writeMetrics } from '../shared/metrics.ts';
import { belongsToRotation, describeSecret, versionWithStage } from '../shared/secret-versions.ts';
import type { StandDownRequest } from './promote-request.ts';

/** What was left behind. */
export interface StandDownResult {
  /** The version that AWSPENDING was taken off; null when it was on no version of this rotation any more. */
  readonly standDownVersionId: string | null;
}

/**
 * Takes AWSPENDING off this rotation's version, so that the next rotation is not refused; the newer credential stays
 * AWSCURRENT. Safe to repeat.
 */
export async function standDown(
  request: StandDownRequest,
  { secrets }: { readonly secrets: SecretsManagerClient },
): Promise<StandDownResult> {
  const pendingVersionId = await ownPendingVersion(secrets, request);
  if (pendingVersionId !== null) {
    try {
      await secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: request.secretArn,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: pendingVersionId,
        }),
      );
    } catch (error) {
      // Refused, too, when the label is gone already: by a call whose answer was lost, or by someone else's write.
      const refused = error instanceof InvalidParameterException;
      if (!refused || (await ownPendingVersion(secrets, request)) !== null) throw error;
    }
  }
  log('info', 'stood down', request, { standDownVersionId: pendingVersionId });
  writeMetrics(request, { SupersededRotations: 1 });
  return { standDownVersionId: pendingVersionId };
}

async function ownPendingVersion(
  secrets: SecretsManagerClient,
  request: StandDownRequest,
): Promise<string | null> {
  const labelled = versionWithStage(await describeSecret(secrets, request.secretArn), 'AWSPENDING');
  return labelled !== undefined && belongsToRotation(labelled, request.versionId) ? labelled : null;
}
