import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CommandLine } from '../shared/command-line.ts';
import type { ExecutionSummary } from '../shared/executions.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

/** From the label to the start of the execution a rotation takes seconds, and a configuration test is over by then. */
const JUST_BEGUN_MS = 120_000;

/**
 * Whether AWSPENDING is where a rotation has it: with AWSCURRENT, nowhere, or on the version of a rotation that runs
 * or can be redriven. Left behind anywhere else it blocks every rotation.
 *
 * @see AWS Secrets Manager API Reference, RotateSecret
 */
export async function lookAtLabels(
  secrets: SecretsManagerClient,
  { ARN, Name, VersionIdsToStages = {} }: DescribedSecret,
  last: ExecutionSummary | undefined,
  now: Date,
  command: CommandLine,
): Promise<Look<undefined>> {
  const pending = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSPENDING'));
  if (pending === undefined) return ok('AWSPENDING is nowhere', undefined);
  const [versionId, stages] = pending;
  if (stages.includes('AWSCURRENT')) return ok('AWSPENDING is on the version of AWSCURRENT', undefined);
  if (last !== undefined && last.status !== 'SUCCEEDED') {
    return ok(`AWSPENDING is on ${versionId}, of a rotation that is ${last.status}`, undefined);
  }
  const version = await findListedVersion(secrets, ARN, ({ VersionId }) => VersionId === versionId);
  const ageMs = now.getTime() - (version?.CreatedDate ?? new Date(0)).getTime();
  if (ageMs < JUST_BEGUN_MS)
    return ok(`AWSPENDING is on ${versionId}, of a rotation that has just begun`, undefined);
  return wrong(
    `AWSPENDING is stranded on ${versionId}`,
    `No rotation of that version runs or can be redriven, and Secrets Manager begins no other one while the label is there. Take it off: aws secretsmanager update-secret-version-stage --secret-id ${ARN} --version-stage AWSPENDING --remove-from-version-id ${versionId} and then rotate: ${command(`rotate ${Name}`)}. A value that the version may have is kept, and the rotation looks at it.`,
  );
}
