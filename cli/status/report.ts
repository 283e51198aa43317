import { versionWithStage } from '../../functions/shared/secret-versions.ts';
import type { SecretEntry } from '../shared/secrets.ts';
import { table } from '../shared/table.ts';
import type { Terminal } from '../shared/terminal.ts';
import { durationText, instantText } from '../shared/time-text.ts';
import type { Health } from './health.ts';
import type { CredentialStatus } from './status.ts';

const COLOURS: Readonly<Record<Health, 'green' | 'cyan' | 'yellow' | 'red'>> = {
  healthy: 'green',
  rotating: 'cyan',
  stuck: 'yellow',
  expired: 'red',
  'needs-authorisation': 'red',
};

/** Shown for unknown and empty values. */
const UNKNOWN = 'unknown';
const NONE = '-';

/** The first characters distinguish version ids. */
const SHORT_ID_LENGTH = 8;

/** Prints the credentials as a table, followed by failures and warnings. */
export function printStatus(statuses: readonly CredentialStatus[], terminal: Terminal, now: Date): void {
  const isVerified = statuses.some(({ check }) => check !== undefined);
  const head = [
    ...['SECRET', 'HEALTH', 'LAST ROTATION', 'NEXT ROTATION', 'TOKEN AGE', 'TOKEN EXPIRES IN'],
    ...['AWSCURRENT', 'AWSPENDING', 'EXECUTION'],
    ...(isVerified ? ['GENESYS CLOUD'] : []),
  ];
  terminal.line(
    table(
      head,
      statuses.map(status => row(status, terminal, now, isVerified)),
    ),
  );
  for (const { secret, warnings, failure, execution } of statuses) {
    const lines = [
      ...(failure?.message === undefined ? [] : [failure.message]),
      ...(failure === undefined || execution === undefined ? [] : [`Execution ${execution.executionArn}`]),
      ...warnings,
    ];
    for (const line of lines) terminal.line(`${terminal.style('bold', secret.name)}: ${line}`);
  }
}

/** The credentials as JSON: times in ISO 8601, unknown values as null. */
export function statusResult(statuses: readonly CredentialStatus[], now: Date): object[] {
  return statuses.map(({ secret, health, warnings, token, execution, state, failure, check }) => {
    const { storedAt, expiresAt } = token.kind === 'read' ? token : {};
    return {
      name: secret.name,
      arn: secret.arn,
      health,
      rotationEnabled: secret.rotation.RotationEnabled ?? false,
      lastRotationAt: isoText(secret.rotation.LastRotatedDate),
      nextRotationAt: isoText(secret.rotation.NextRotationDate),
      accessToken: {
        storedAt: isoText(storedAt),
        expiresAt: isoText(expiresAt),
        ageSeconds: storedAt === undefined ? null : secondsBetween(storedAt, now),
        remainingSeconds: expiresAt === undefined ? null : secondsBetween(now, expiresAt),
        ...(check !== undefined && { check }),
      },
      currentVersionId: versionWithStage(secret, 'AWSCURRENT') ?? null,
      pendingVersionId: pendingVersion(secret) ?? null,
      execution:
        execution === undefined
          ? null
          : {
              arn: execution.executionArn,
              status: execution.status,
              redriveCount: execution.redriveCount,
              state: state ?? null,
              error: failure?.error ?? null,
              message: failure?.message ?? null,
            },
      warnings,
    };
  });
}

function row(status: CredentialStatus, terminal: Terminal, now: Date, isVerified: boolean): string[] {
  const { secret, health, token, check } = status;
  const { LastRotatedDate, NextRotationDate, RotationEnabled } = secret.rotation;
  const { storedAt, expiresAt } = token.kind === 'read' ? token : {};
  return [
    secret.name,
    terminal.style(COLOURS[health], health),
    LastRotatedDate === undefined ? 'never' : instantText(LastRotatedDate),
    nextText(RotationEnabled === true, NextRotationDate),
    storedAt === undefined ? UNKNOWN : durationText(now.getTime() - storedAt.getTime()),
    expiresAt === undefined ? UNKNOWN : durationText(expiresAt.getTime() - now.getTime()),
    shortId(versionWithStage(secret, 'AWSCURRENT')),
    shortId(pendingVersion(secret)),
    executionText(status),
    ...(isVerified ? [check ?? NONE] : []),
  ];
}

function nextText(isEnabled: boolean, next: Date | undefined): string {
  if (!isEnabled) return 'disabled';
  return next === undefined ? UNKNOWN : instantText(next);
}

function executionText({ execution, state = UNKNOWN, failure }: CredentialStatus): string {
  if (execution === undefined) return NONE;
  return failure === undefined ? `in ${state}` : `${state}: ${failure.error}`;
}

/** AWSPENDING may stay on the version of AWSCURRENT after a rotation; no version is pending then. */
function pendingVersion(secret: SecretEntry): string | undefined {
  const pending = versionWithStage(secret, 'AWSPENDING');
  return pending === versionWithStage(secret, 'AWSCURRENT') ? undefined : pending;
}

function shortId(versionId: string | undefined): string {
  return versionId?.slice(0, SHORT_ID_LENGTH) ?? NONE;
}

function isoText(instant: Date | undefined): string | null {
  return instant?.toISOString() ?? null;
}

function secondsBetween(start: Date, end: Date): number {
  return Math.max(0, Math.round((end.getTime() - start.getTime()) / 1_000));
}
