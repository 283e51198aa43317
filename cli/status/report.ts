import type { Health } from '../../functions/shared/executions/verdict.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { blockingVersion, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import { type Column, shorten, table } from '../shared/table.ts';
import type { Terminal } from '../shared/terminal.ts';
import { durationText, instantText, relativeText } from '../shared/time-text.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';
import type { CredentialStatus } from './status.ts';

const COLOURS: Readonly<Record<Health, 'green' | 'cyan' | 'yellow' | 'red'>> = {
  healthy: 'green',
  rotating: 'cyan',
  stuck: 'yellow',
  expired: 'red',
  'needs-authorisation': 'red',
};

/** Placeholders for unknown and for empty values. */
const UNKNOWN = 'unknown';
const NONE = '-';

/** Enough characters to tell version ids apart. */
const SHORT_ID_LENGTH = 8;

/** The minimum width for absolute times and full names in the table. */
const WIDE_COLUMNS = 120;

/** The longest name that the table does not shorten on a narrow terminal. */
const SECRET_COLUMNS = 32;

const COLUMNS: readonly Column[] = [
  { head: 'SECRET' },
  { head: 'HEALTH' },
  { head: 'ACCESS TOKEN' },
  { head: 'LAST ROTATION', dropped: 1 },
  { head: 'NEXT ROTATION' },
];

const WIDE_ONLY: readonly Column[] = ['TOKEN AGE', 'GRANTS', 'AWSCURRENT', 'AWSPENDING', 'EXECUTION'].map(
  head => ({
    head,
  }),
);

/**
 * Prints the credentials as a table, followed by the verdict on each unhealthy credential and by warnings.
 *
 * @param isWide shows ids and executions even on a narrow terminal; output that is not a terminal always has them
 */
export function printStatus(
  statuses: readonly CredentialStatus[],
  terminal: Terminal,
  now: Date,
  command: CommandLine,
  isWide: boolean,
): void {
  const width = isWide ? undefined : terminal.width;
  terminal.table(
    table(
      isWide || width === undefined ? [...COLUMNS, ...WIDE_ONLY] : COLUMNS,
      statuses.map(status => row(status, terminal, now, width)),
      width,
    ),
  );
  for (const { secret, verdict, warnings, failure, execution } of statuses) {
    const message = execution === undefined ? undefined : failure?.message;
    const subject = { secretName: secret.name, message, command };
    const lines = [
      ...(verdict.cause === undefined ? [] : verdictLines(verdict, subject)),
      ...(failure === undefined || execution === undefined
        ? []
        : [`Execution: ${terminal.width === undefined ? execution.executionArn : execution.name}`]),
      ...warnings,
    ];
    if (lines.length === 0) continue;
    terminal.line();
    terminal.line(terminal.style('bold', secret.name));
    for (const line of lines) terminal.line(`  ${line}`);
  }
}

/** The credentials as JSON: times in ISO 8601, unknown values as null. */
export function statusResult(
  statuses: readonly CredentialStatus[],
  now: Date,
  command: CommandLine,
): object[] {
  return statuses.map(status => {
    const { secret, verdict, warnings, token, execution, state, failure, check, lastRotatedAt } = status;
    const { storedAt, expiresAt } = token.kind === 'read' ? token : {};
    return {
      name: secret.name,
      arn: secret.arn,
      health: verdict.health,
      ...verdictResult(verdict, { secretName: secret.name, command }),
      rotationEnabled: secret.rotation.RotationEnabled ?? false,
      lastRotationAt: isoText(lastRotatedAt),
      nextRotationAt: isoText(secret.rotation.NextRotationDate),
      accessToken: {
        storedAt: isoText(storedAt),
        expiresAt: isoText(expiresAt),
        ageSeconds: storedAt === undefined ? null : secondsBetween(storedAt, now),
        remainingSeconds: expiresAt === undefined ? null : secondsBetween(now, expiresAt),
        check,
      },
      alternateGrant: token.kind === 'read' ? token.alternate : null,
      currentVersionId: versionWithStage(secret, 'AWSCURRENT') ?? null,
      pendingVersionId: blockingVersion(secret) ?? null,
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

function row(status: CredentialStatus, terminal: Terminal, now: Date, width: number | undefined): string[] {
  const { secret, verdict, token, lastRotatedAt } = status;
  const { NextRotationDate, RotationEnabled } = secret.rotation;
  const { storedAt } = token.kind === 'read' ? token : {};
  const isNarrow = width !== undefined && width < WIDE_COLUMNS;
  const timeText = (instant: Date): string =>
    isNarrow ? relativeText(instant, now) : `${instantText(instant)}, ${relativeText(instant, now)}`;
  return [
    isNarrow ? shorten(secret.name, SECRET_COLUMNS) : secret.name,
    terminal.style(COLOURS[verdict.health], verdict.health),
    tokenText(status, now),
    lastRotatedAt === undefined ? 'never' : timeText(lastRotatedAt),
    nextText(RotationEnabled === true, NextRotationDate, timeText),
    storedAt === undefined ? UNKNOWN : durationText(now.getTime() - storedAt.getTime()),
    grantsText(status),
    shortId(versionWithStage(secret, 'AWSCURRENT')),
    shortId(blockingVersion(secret)),
    executionText(status),
  ];
}

/** Whether the access token works, and its remaining lifetime if it may work. */
function tokenText({ token, check }: CredentialStatus, now: Date): string {
  if (token.kind !== 'read' || token.accessToken === undefined) return token.kind === 'read' ? NONE : UNKNOWN;
  const leftMs = token.expiresAt && token.expiresAt.getTime() - now.getTime();
  if (leftMs !== undefined && leftMs <= 0) return 'expired';
  if (check === 'rejected') return 'rejected';
  const left = leftMs === undefined ? '' : `, ${durationText(leftMs, 1)} left`;
  return `${check === 'works' || check === 'forbidden' ? 'works' : 'unverified'}${left}`;
}

function nextText(isEnabled: boolean, next: Date | undefined, timeText: (instant: Date) => string): string {
  if (!isEnabled) return 'disabled';
  return next === undefined ? UNKNOWN : timeText(next);
}

const GRANTS = { none: '1', stored: '2', lost: '1 of 2' } as const;

function grantsText({ token }: CredentialStatus): string {
  return token.kind === 'read' ? GRANTS[token.alternate] : UNKNOWN;
}

function executionText({ execution, state = UNKNOWN, failure }: CredentialStatus): string {
  if (execution === undefined) return NONE;
  return failure === undefined ? `in ${state}` : `${state}: ${failure.error}`;
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
