import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { SecretNotFound } from '../shared/errors.ts';
import type { ExecutionRotation } from '../shared/executions/execution-data.ts';
import { isSameFunction } from '../shared/input/arns.ts';
import {
  belongsToRotation,
  blockingVersion,
  describeSecret,
  readUntil,
  type SecretDescription,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { log } from '../shared/telemetry/log.ts';
import { type ExecutionReport, lastState, readClosedExecution, type Sleep } from './closed-execution.ts';
import type { Deployment } from './deployment.ts';
import {
  deleteStreak,
  type FailingStreak,
  readStreak,
  type StreakTable,
  writeStreak,
} from './failing-streak.ts';
import {
  type Failure,
  failedMessage,
  lostAlternateMessage,
  type Message,
  reportedMessage,
  worksAgainMessage,
} from './message.ts';
import type { ExecutionClosed, RotationEnded } from './notification-event.ts';

/** What notifying needs. */
export interface NotifyDependencies extends StreakTable {
  readonly stepFunctions: SFNClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly rotationFunctionArn: string;
  readonly deployment: Deployment;
  readonly now: () => Date;
  readonly sleep: Sleep;
}

/** The same failure is said again only after this long: Secrets Manager tries several times, one after the other. */
const REMINDER_MS = 4 * 3_600_000;

/**
 * How long Secrets Manager's report waits, in ms, for the message about the failed execution: the two events arrive at
 * about the same time, and the execution's says more.
 */
const PRECEDENCE_MS = 10_000;

/** What stands in the table for a failure that only Secrets Manager reported. */
const REPORTED = { state: 'none', error: 'RotationFailed' } as const;

/**
 * Tells people when a rotation begins to fail, when it fails otherwise, and when it works again. What is published is
 * remembered only afterwards, so that a crash in between repeats a message and loses none.
 *
 * @throws Error DescribeExecution lags behind the event; Lambda invokes the function again
 */
export async function notify(
  event: ExecutionClosed | RotationEnded,
  dependencies: NotifyDependencies,
): Promise<void> {
  if (event.kind === 'execution-closed') return executionClosed(event, dependencies);
  return event.succeeded ? rotationSucceeded(event, dependencies) : rotationFailed(event, dependencies);
}

async function executionClosed(event: ExecutionClosed, dependencies: NotifyDependencies): Promise<void> {
  if (event.succeeded) return executionSucceeded(event, dependencies);
  const report = await readClosedExecution(event, dependencies);
  const { executionArn, status } = report;
  if (status === 'SUCCEEDED' || status === 'RUNNING') {
    return silent('the execution was redriven', { execution: executionArn });
  }
  return executionFailed({ ...report, status }, dependencies);
}

/** A success is final, so its event is enough if it has the rotation: DescribeExecution has a small quota. */
async function executionSucceeded(event: ExecutionClosed, dependencies: NotifyDependencies): Promise<void> {
  const { executionArn } = event;
  const report = event.rotation === undefined ? await readClosedExecution(event, dependencies) : event;
  const { closedAt = dependencies.now(), rotation, lostAlternate } = report;
  if (lostAlternate && rotation !== undefined) {
    await alternateLost({ ...rotation, execution: executionArn }, dependencies);
  }
  await closeStreaks(
    subjectsOf(report),
    { secretArn: rotation?.secretArn, executionArn, at: closedAt },
    dependencies,
  );
}

/** For a rotation the labels count: anyone may start an execution whose input looks like such an output. */
async function alternateLost(
  subject: ExecutionRotation & { readonly execution: string },
  dependencies: NotifyDependencies,
): Promise<void> {
  const { secretArn, versionId, execution } = subject;
  const isPromoted = (secret: SecretDescription | undefined): boolean => {
    const currentId = secret && versionWithStage(secret, 'AWSCURRENT');
    return currentId !== undefined && belongsToRotation(currentId, versionId);
  };
  const secret = await readUntil(isPromoted, () => findSecret(secretArn, dependencies), dependencies.sleep);
  if (!isPromoted(secret)) return silent('AWSCURRENT is not on a version of the rotation', subject);
  await publish(
    lostAlternateMessage({ secretArn, executionArn: execution }, dependencies.deployment),
    dependencies,
  );
  log('info', 'notified of a lost alternate grant', subject);
}

async function executionFailed(
  report: ExecutionReport & Pick<Failure, 'status'>,
  dependencies: NotifyDependencies,
): Promise<void> {
  const { executionArn, status, rotation, closedAt } = report;
  const secret =
    rotation?.purpose === 'rotate' ? await findSecret(rotation.secretArn, dependencies) : undefined;
  const currentVersionId = secret && versionWithStage(secret, 'AWSCURRENT');
  if (currentVersionId !== undefined && belongsToRotation(currentVersionId, rotation?.versionId ?? '')) {
    return silent('AWSCURRENT had moved before the execution failed', {
      ...rotation,
      execution: executionArn,
    });
  }
  const state = await lastState(executionArn, dependencies.stepFunctions);
  const now = dependencies.now();
  const failed = { state: state ?? 'none', error: report.error ?? status };
  const subject = subjectsOf(report)[0];
  const streak = await readStreak(subject, dependencies);
  const about = { ...rotation, execution: executionArn, ...(state === undefined ? {} : { state }) };
  if (wasSaid(streak, failed, now)) return silent('the failure was notified before', about);

  const failingSince = streak?.failingSince ?? closedAt ?? now;
  await publish(failedMessage({ ...report, state, failingSince }, dependencies.deployment), dependencies);
  await writeStreak(
    subject,
    { ...failed, failingSince, notifiedAt: now, execution: executionArn, currentVersionId },
    dependencies,
  );
  log('info', 'notified of a failure', about, { error: failed.error });
}

async function rotationFailed(event: RotationEnded, dependencies: NotifyDependencies): Promise<void> {
  const { secretArn, reason, at } = event;
  const secret = await findSecret(secretArn, dependencies);
  if (secret === undefined || !isSameFunction(secret.rotationFunctionArn, dependencies.rotationFunctionArn))
    return;
  // After a redrive that succeeded, Secrets Manager may still call the rotation failed; the labels know better.
  if (isComplete(secret)) return silent('the rotation is complete', { secretArn });
  if ((await readStreak(secretArn, dependencies)) === undefined) await dependencies.sleep(PRECEDENCE_MS);
  const streak = await readStreak(secretArn, dependencies);
  const now = dependencies.now();
  if (streak?.execution !== undefined || wasSaid(streak, REPORTED, now)) {
    return silent('the failure was notified before', { secretArn });
  }

  const failingSince = streak?.failingSince ?? at;
  await publish(reportedMessage({ secretArn, reason, failingSince }, dependencies.deployment), dependencies);
  await writeStreak(
    secretArn,
    { ...REPORTED, failingSince, notifiedAt: now, execution: undefined, currentVersionId: undefined },
    dependencies,
  );
  log('info', 'notified of a failure', { secretArn }, { error: REPORTED.error });
}

async function rotationSucceeded(
  { secretArn, at }: RotationEnded,
  dependencies: NotifyDependencies,
): Promise<void> {
  await closeStreaks(
    [secretArn, checkOf(secretArn)],
    { secretArn, executionArn: undefined, at },
    dependencies,
  );
}

/**
 * Notifies once that what failed works again, and forgets it. A success from before the first failure ends nothing. For
 * a rotation the labels count: anyone may start an execution that has nothing to do and succeeds.
 */
async function closeStreaks(
  subjects: readonly string[],
  success: {
    readonly secretArn: string | undefined;
    readonly executionArn: string | undefined;
    readonly at: Date;
  },
  dependencies: NotifyDependencies,
): Promise<void> {
  const { secretArn, executionArn, at } = success;
  const streaks = await Promise.all(
    subjects.map(async subject => ({ subject, streak: await readStreak(subject, dependencies) })),
  );
  const ended = streaks.flatMap(({ subject, streak }) =>
    streak === undefined || at < streak.failingSince
      ? []
      : [{ subject, since: streak.failingSince, before: streak.currentVersionId }],
  );
  if (ended.length === 0) return;
  const rotation = ended.find(({ subject }) => subject === secretArn);
  if (secretArn !== undefined && rotation !== undefined) {
    // Until a stale read is out of the question.
    const secret = await readUntil(
      read => read !== undefined && isComplete(read),
      () => findSecret(secretArn, dependencies),
      dependencies.sleep,
    );
    if (secret === undefined || !isComplete(secret)) {
      return silent('another rotation is not complete', { secretArn });
    }
    const hasMoved = rotation.before !== versionWithStage(secret, 'AWSCURRENT');
    if (executionArn !== undefined && !hasMoved) return silent('AWSCURRENT has not moved', { secretArn });
  }
  const failingSince = new Date(Math.min(...ended.map(({ since }) => since.getTime())));
  await publish(
    worksAgainMessage({ secretArn, executionArn, failingSince }, dependencies.deployment),
    dependencies,
  );
  await Promise.all(ended.map(({ subject }) => deleteStreak(subject, dependencies)));
  log('info', 'notified that it works again', {
    ...(secretArn === undefined ? {} : { secretArn }),
    ...(executionArn === undefined ? {} : { execution: executionArn }),
  });
}

/**
 * What the table knows an execution's failures by; a rotation that succeeds also proves its configuration. An
 * execution whose input cannot be read stands for itself.
 */
function subjectsOf({
  rotation,
  executionArn,
}: Pick<ExecutionReport, 'rotation' | 'executionArn'>): readonly [string, ...string[]] {
  if (rotation === undefined) return [executionArn];
  const { purpose, secretArn } = rotation;
  return purpose === 'rotate' ? [secretArn, checkOf(secretArn)] : [checkOf(secretArn)];
}

function checkOf(secretArn: string): string {
  return `${secretArn}#check`;
}

function wasSaid(
  streak: FailingStreak | undefined,
  { state, error }: Pick<FailingStreak, 'state' | 'error'>,
  now: Date,
): boolean {
  if (streak === undefined || streak.state !== state || streak.error !== error) return false;
  return now.getTime() - streak.notifiedAt.getTime() < REMINDER_MS;
}

/** Whether no version waits to be rotated in. */
function isComplete(secret: SecretDescription): boolean {
  return blockingVersion(secret) === undefined;
}

async function findSecret(
  secretArn: string,
  { secrets }: NotifyDependencies,
): Promise<SecretDescription | undefined> {
  try {
    return await describeSecret(secrets, secretArn);
  } catch (error) {
    if (error instanceof SecretNotFound) return undefined;
    throw error;
  }
}

async function publish(message: Message, { sns, topicArn }: NotifyDependencies): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: message.subject, Message: message.text }));
}

function silent(why: string, about: Parameters<typeof log>[2]): void {
  log('info', `nothing to notify: ${why}`, about);
}
