import { stepLines, verdictOf } from '../shared/executions/verdict.ts';
import { secretNameOf } from '../shared/input/arns.ts';
import { commandLine } from '../shared/output/command-line.ts';
import { oneLine } from '../shared/output/plain-text.ts';
import type { ExecutionReport } from './closed-execution.ts';
import { consoleLink, type Deployment, redriveCommand } from './deployment.ts';

/** A message to publish. */
export interface Message {
  /** ASCII without line breaks, shorter than 100 characters (Amazon SNS API Reference, Publish). */
  readonly subject: string;
  /** Plain text, beginning with what happened and what to do. */
  readonly text: string;
}

/** A failed execution, and how long its rotation has been failing. */
export interface Failure extends ExecutionReport {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly state: string | undefined;
  readonly failingSince: Date;
  /** Whether the execution is known not to have invalidated the access token in use. */
  readonly leavesTokenInUse: boolean;
}

const SUBJECT_LENGTH = 99;

/** In characters. Facts and messages of the functions are shorter; a message from AWS may be longer. */
const MAX_LINE_LENGTH = 1_000;

const WITHOUT_ERROR = {
  FAILED: 'an error without a name',
  TIMED_OUT: 'the execution timed out',
  ABORTED: 'the execution was stopped',
};

/** The message about an execution that failed, timed out or was stopped. */
export function failedMessage(failure: Failure, deployment: Deployment): Message {
  const { executionArn, status, state, error, rotation, message, failingSince, isRedrivable } = failure;
  const { leavesTokenInUse } = failure;
  const what = error ?? WITHOUT_ERROR[status];
  const where = state ?? 'an unknown state';
  const name = rotation === undefined ? undefined : secretNameOf(rotation.secretArn);
  const isConfigurationTest = rotation?.purpose === 'check-configuration';
  const kind = isConfigurationTest ? 'configuration test' : 'token rotation';
  // The function may not read the credential, so the message does not claim that the token works.
  const verdict = verdictOf({
    consumersHave: 'unverified',
    isOverdue: false,
    leavesTokenInUse,
    rotation: {
      ...{ status, state, error, isConfigurationTest, isRedrivable },
      current: 'unchanged',
      blocksRotations: true,
    },
  });
  const command = commandLine({ stack: deployment.name, region: deployment.region });
  return {
    subject: subjectLine(`Genesys ${kind} failed in ${where}: ${what}`, name),
    text: paragraphs(
      [
        `The Genesys Cloud ${kind} of ${name ?? 'an unknown secret'} failed in ${where}: ${what}.`,
        message === undefined ? undefined : quotation(message),
      ],
      ['WHAT CONSUMERS HAVE', verdict.impact, verdict.cause],
      ['WHAT TO DO', ...stepLines(verdict.steps, name ?? '<secret>', command)],
      [
        ...(isRedrivable ? [`Redrive with the AWS CLI: ${redriveCommand(executionArn)}`] : []),
        consoleLink(executionArn),
        `${deployment.runbook}#${verdict.runbookEntry}`,
      ],
      [
        `Failing since: ${instantText(failingSince)}`,
        ...facts(rotation?.secretArn, rotation?.versionId, deployment),
        `Execution: ${executionArn}`,
      ],
    ),
  };
}

/** The message about a rotation that succeeded and dropped a lost alternate grant. */
export function lostAlternateMessage(
  { secretArn, executionArn }: { readonly secretArn: string; readonly executionArn: string },
  deployment: Deployment,
): Message {
  const name = secretNameOf(secretArn);
  const command = commandLine({ stack: deployment.name, region: deployment.region });
  return {
    subject: subjectLine('Genesys token rotation lost the alternate grant', name),
    text: paragraphs(
      [`The Genesys Cloud token rotation of ${name} succeeded, but its alternate grant no longer works.`],
      ['WHAT CONSUMERS HAVE: a working access token. With one grant, a lost response requires a new login.'],
      [`WHAT TO DO: log in when convenient: ${command`authorize ${name} --alternate`}`],
      [consoleLink(executionArn), `${deployment.runbook}#alternategrantrejected`],
      facts(secretArn, undefined, deployment),
    ),
  };
}

/** The message about a rotation, or a configuration test, that succeeds after a failure. */
export function worksAgainMessage(
  success: {
    readonly secretArn: string | undefined;
    readonly executionArn: string;
    readonly failingSince: Date;
  },
  deployment: Deployment,
): Message {
  const { secretArn, executionArn, failingSince } = success;
  const name = secretArn === undefined ? undefined : secretNameOf(secretArn);
  return {
    subject: subjectLine('Genesys token rotation works again', name),
    text: paragraphs(
      [`The Genesys Cloud token rotation of ${name ?? 'an unknown secret'} works again.`],
      ['WHAT TO DO: nothing.'],
      [
        `Had been failing since: ${instantText(failingSince)}`,
        ...facts(secretArn, undefined, deployment),
        consoleLink(executionArn),
      ],
    ),
  };
}

function facts(
  secretArn: string | undefined,
  versionId: string | undefined,
  { name, accountId, region }: Deployment,
): readonly (string | undefined)[] {
  return [
    secretArn === undefined ? undefined : `Secret: ${secretArn}`,
    versionId === undefined ? undefined : `Version: ${versionId}`,
    `Deployment: ${name}, account ${accountId}, ${region}`,
  ];
}

/** The secret's name comes last, because only it may exceed the length of a subject. */
function subjectLine(what: string, secretName: string | undefined): string {
  const line = secretName === undefined ? what : `${what}: ${secretName}`;
  const ascii = line.replace(/[^ -~]+/g, ' ');
  return ascii.length <= SUBJECT_LENGTH ? ascii : `${ascii.slice(0, SUBJECT_LENGTH - 3)}...`;
}

/** Each fact is one line of limited length, so that untrusted text cannot add lines to a message. */
function paragraphs(...lines: readonly (readonly (string | undefined)[])[]): string {
  return lines
    .map(paragraph =>
      paragraph
        .filter(line => line !== undefined)
        .map(line => oneLine(line, MAX_LINE_LENGTH))
        .join('\n'),
    )
    .join('\n\n');
}

/** Marks an error message as a quotation, because parts of it are untrusted. */
function quotation(message: string): string {
  return `> ${message}`;
}

function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
