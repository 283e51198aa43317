import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { ExecutionSummary } from '../shared/executions.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** A rotation starts its execution within this time, in ms, and a configuration test has ended by then. */
const MAX_START_MS = 120_000;

/**
 * Checks whether AWSPENDING is where it may be: on the version of AWSCURRENT, on no version, or on the version of a
 * rotation that is running or can be redriven. Anywhere else it blocks every rotation.
 *
 * @see AWS Secrets Manager API Reference, RotateSecret
 */
export async function checkLabels(
  secrets: SecretsManagerClient,
  { ARN, Name, VersionIdsToStages = {} }: DescribedSecret,
  last: ExecutionSummary | undefined,
  now: Date,
  command: CommandLine,
): Promise<Finding<undefined>> {
  const pending = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSPENDING'));
  if (pending === undefined) return ok('AWSPENDING is on no version', undefined);
  const [versionId, stages] = pending;
  if (stages.includes('AWSCURRENT')) return ok('AWSPENDING is on the version of AWSCURRENT', undefined);
  if (last !== undefined && last.status !== 'SUCCEEDED') {
    return ok(`AWSPENDING is on ${versionId}, of a rotation that is ${last.status}`, undefined);
  }
  const version = await findListedVersion(secrets, ARN, ({ VersionId }) => VersionId === versionId);
  const ageMs = now.getTime() - (version?.CreatedDate ?? new Date(0)).getTime();
  if (ageMs < MAX_START_MS)
    return ok(`AWSPENDING is on ${versionId}, of a rotation that has just started`, undefined);
  return wrong(
    `AWSPENDING is left on ${versionId}`,
    `No rotation of that version is running or can be redriven, and Secrets Manager starts no other rotation while the label is there. Remove the label: aws secretsmanager update-secret-version-stage --secret-id ${ARN} --version-stage AWSPENDING --remove-from-version-id ${versionId} and then rotate: ${command`rotate ${Name}`}. No tokens are lost: the newest ones are in the refresh journal.`,
  );
}
