import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { HOUR_MS } from '../shared/durations.ts';
import { SecretNotFound } from '../shared/errors.ts';
import type { ExecutionRotation } from '../shared/executions/execution-data.ts';
import { hasNotPublished } from '../shared/executions/verdict.ts';
import {
  belongsToRotation,
  blockingVersion,
  describeSecret,
  readUntil,
  type SecretDescription,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { log } from '../shared/telemetry/log.ts';
import {
  alternateIn,
  type ExecutionReport,
  lastState,
  readClosedExecution,
  type Sleep,
} from './closed-execution.ts';
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
  worksAgainMessage,
} from './message.ts';
import type { ExecutionClosed } from './notification-event.ts';

/** Dependencies of `notify`. */
export interface NotifyDependencies extends StreakTable {
  readonly stepFunctions: SFNClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly deployment: Deployment;
  readonly now: () => Date;
  readonly sleep: Sleep;
}

/** Minimum time between messages about the same failure: Secrets Manager retries a rotation several times. */
export const REMINDER_MS = 4 * HOUR_MS;

/** The error in the item of a reported lost alternate grant. */
const LOST_ALTERNATE = 'AlternateGrantRejected';

/**
 * Publishes a message when a rotation begins to fail, when it fails in another way, and when it works again. It writes
 * to the table after publishing, so that a crash in between repeats a message instead of losing it.
 *
 * A rotation that fails before its execution starts causes no event: the alarms report it (docs/deploy.md).
 *
 * @throws Error DescribeExecution lags behind the event; Lambda invokes the function again
 */
export async function notify(event: ExecutionClosed, dependencies: NotifyDependencies): Promise<void> {
  if (event.succeeded) return executionSucceeded(event, dependencies);
  const report = await readClosedExecution(event, dependencies);
  const { executionArn, status } = report;
  if (status === 'SUCCEEDED' || status === 'RUNNING') {
    return logSkipped('the execution was redriven', { execution: executionArn });
  }
  return executionFailed({ ...report, status }, dependencies);
}

/** DescribeExecution has a small quota. A success is final, so its event suffices if it names the rotation. */
async function executionSucceeded(event: ExecutionClosed, dependencies: NotifyDependencies): Promise<void> {
  const { executionArn } = event;
  const report = event.rotation === undefined ? await readClosedExecution(event, dependencies) : event;
  const { closedAt = dependencies.now(), rotation, lostAlternate } = report;
  if (lostAlternate && rotation !== undefined) {
    await alternateLost({ ...rotation, execution: executionArn }, closedAt, dependencies);
  }
  await closeStreaks(
    subjectsOf(report),
    { secretArn: rotation?.secretArn, executionArn, at: closedAt },
    dependencies,
  );
}

/**
 * Notifies once, because an execution that failed after the promotion may succeed after a redrive. Checks the labels,
 * because anyone who may start an execution can make its output report a lost grant.
 */
async function alternateLost(
  subject: ExecutionRotation & { readonly execution: string },
  at: Date,
  dependencies: NotifyDependencies,
): Promise<void> {
  const { secretArn, execution } = subject;
  const key = `${execution}#alternate`;
  if ((await readStreak(key, dependencies)) !== undefined) {
    return logSkipped('the lost alternate grant was already reported', subject);
  }
  // AWSPREVIOUS, if AWSCURRENT has been edited since.
  const wasPromoted = await readUntil(
    Boolean,
    async () => {
      const secret = await findSecret(secretArn, dependencies);
      return ['AWSCURRENT', 'AWSPREVIOUS'].some(
        label => secret !== undefined && isPromoted(versionWithStage(secret, label), subject),
      );
    },
    dependencies.sleep,
  );
  if (!wasPromoted) return logSkipped('the rotation has not moved AWSCURRENT', subject);
  await publish(
    lostAlternateMessage({ secretArn, executionArn: execution }, dependencies.deployment),
    dependencies,
  );
  await writeStreak(
    key,
    {
      failingSince: at,
      notifiedAt: dependencies.now(),
      state: 'StorePending',
      error: LOST_ALTERNATE,
      currentVersionId: undefined,
    },
    dependencies,
  );
  log('info', 'reported a lost alternate grant', subject);
}

async function executionFailed(
  report: ExecutionReport & Pick<Failure, 'status'>,
  dependencies: NotifyDependencies,
): Promise<void> {
  const { executionArn, status, rotation, closedAt } = report;
  // IAM denies a secret that does not name this deployment's rotation function. Its failure is reported anyway.
  const currentVersionId =
    rotation?.purpose === 'rotate'
      ? await currentOf(rotation, dependencies).catch(undefinedIfDenied)
      : undefined;
  const state = await lastState(executionArn, dependencies.stepFunctions);
  const hasRotated = rotation !== undefined && isPromoted(currentVersionId, rotation);
  if (hasRotated && !hasNotPublished({ state, error: report.error })) {
    if ((await alternateIn(executionArn, dependencies.stepFunctions)).isDropped) {
      return alternateLost(
        { ...rotation, execution: executionArn },
        closedAt ?? dependencies.now(),
        dependencies,
      );
    }
    return logSkipped('AWSCURRENT had moved before the execution failed', {
      ...rotation,
      execution: executionArn,
    });
  }
  const now = dependencies.now();
  const failed = { state: state ?? 'none', error: report.error ?? status };
  const subject = subjectsOf(report)[0];
  const streak = await readStreak(subject, dependencies);
  const about = { ...rotation, execution: executionArn, state };
  if (recentlyNotified(streak, failed, now)) return logSkipped('the failure was already reported', about);

  const failingSince = streak?.failingSince ?? closedAt ?? now;
  const { leavesTokenInUse } = await alternateIn(executionArn, dependencies.stepFunctions);
  await publish(
    failedMessage({ ...report, state, failingSince, leavesTokenInUse }, dependencies.deployment),
    dependencies,
  );
  await writeStreak(subject, { ...failed, failingSince, notifiedAt: now, currentVersionId }, dependencies);
  log('info', 'reported a failure', about, { error: failed.error });
}

/** Whether a version belongs to the rotation. */
function isPromoted(id: string | undefined, { versionId }: ExecutionRotation): boolean {
  return id !== undefined && belongsToRotation(id, versionId);
}

/** The version with AWSCURRENT. Right after the promotion, a stale read may show the version of another rotation. */
async function currentOf(
  rotation: ExecutionRotation,
  dependencies: NotifyDependencies,
): Promise<string | undefined> {
  return readUntil(
    currentId => isPromoted(currentId, rotation),
    async () => {
      const secret = await findSecret(rotation.secretArn, dependencies);
      return secret && versionWithStage(secret, 'AWSCURRENT');
    },
    dependencies.sleep,
  );
}

/**
 * Notifies once that the rotation works again, and deletes its streaks. A success before the first failure ends no
 * streak. For a rotation, AWSCURRENT must have moved, because anyone may start an execution that has nothing to do and
 * succeeds. If only publishing had failed, the label had already moved, and the success has published the token.
 */
async function closeStreaks(
  subjects: readonly string[],
  success: {
    readonly secretArn: string | undefined;
    readonly executionArn: string;
    readonly at: Date;
  },
  dependencies: NotifyDependencies,
): Promise<void> {
  const { secretArn, executionArn, at } = success;
  const streaks = await Promise.all(
    subjects.map(async subject => ({ subject, streak: await readStreak(subject, dependencies) })),
  );
  const ended = streaks.flatMap(({ subject, streak }) =>
    streak === undefined || at < streak.failingSince ? [] : [{ subject, ...streak }],
  );
  if (ended.length === 0) return;
  const rotation = ended.find(({ subject }) => subject === secretArn);
  if (secretArn !== undefined && rotation !== undefined) {
    // Reads again until the read cannot be stale.
    const secret = await readUntil(
      read => read !== undefined && isComplete(read),
      () => findSecret(secretArn, dependencies),
      dependencies.sleep,
    );
    if (secret === undefined || !isComplete(secret)) {
      return logSkipped('another rotation is not complete', { secretArn });
    }
    const hasMoved = rotation.currentVersionId !== versionWithStage(secret, 'AWSCURRENT');
    if (!hasMoved && !hasNotPublished(rotation)) return logSkipped('AWSCURRENT has not moved', { secretArn });
  }
  const failingSince = new Date(Math.min(...ended.map(({ failingSince: since }) => since.getTime())));
  await publish(
    worksAgainMessage({ secretArn, executionArn, failingSince }, dependencies.deployment),
    dependencies,
  );
  await Promise.all(ended.map(({ subject }) => deleteStreak(subject, dependencies)));
  log('info', 'reported that it works again', {
    ...(secretArn === undefined ? {} : { secretArn }),
    execution: executionArn,
  });
}

/**
 * The keys of an execution's streaks in the table. A rotation that succeeds also proves its configuration. An execution
 * with unreadable input has its own key.
 */
function subjectsOf({
  rotation,
  executionArn,
}: Pick<ExecutionReport, 'rotation' | 'executionArn'>): readonly [string, ...string[]] {
  if (rotation === undefined) return [executionArn];
  const { purpose, secretArn } = rotation;
  return purpose === 'rotate'
    ? [secretArn, configurationTestKey(secretArn)]
    : [configurationTestKey(secretArn)];
}

function configurationTestKey(secretArn: string): string {
  return `${secretArn}#check`;
}

function recentlyNotified(
  streak: FailingStreak | undefined,
  { state, error }: Pick<FailingStreak, 'state' | 'error'>,
  now: Date,
): boolean {
  if (streak === undefined || streak.state !== state || streak.error !== error) return false;
  return now.getTime() - streak.notifiedAt.getTime() < REMINDER_MS;
}

/** Whether no version is waiting for promotion. */
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

function undefinedIfDenied(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'AccessDeniedException')) throw error;
}

async function publish(message: Message, { sns, topicArn }: NotifyDependencies): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: message.subject, Message: message.text }));
}

function logSkipped(reason: string, subject: Parameters<typeof log>[2]): void {
  log('info', `nothing to report: ${reason}`, subject);
}
