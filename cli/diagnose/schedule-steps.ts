import { isSameFunction } from '../../functions/shared/arns.ts';
import { dueDate, OVERDUE_GRACE_MS, ownGapHours } from '../../functions/shared/due-date.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { durationText, instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

const HOUR_MS = 3_600_000;

/** Whether rotation is on, done by this deployment, and often enough for what is known of the access token's life. */
export function lookAtRotation(
  secret: DescribedSecret,
  deployment: Deployment,
  value: StoredValue | undefined,
): Look<undefined> {
  const { RotationEnabled, RotationLambdaARN, RotationRules = {} } = secret;
  const { rotationFunctionArn } = deployment;
  const turnOn = turnOnCommand(secret, deployment);
  if (RotationLambdaARN !== undefined && RotationLambdaARN !== rotationFunctionArn) {
    return isSameFunction(RotationLambdaARN, rotationFunctionArn)
      ? wrong(
          `by ${RotationLambdaARN}`,
          `The secret names a version or alias of the rotation function, but the functions may only touch secrets that name the function itself. Name it so: ${turnOn}`,
        )
      : wrong(
          `by another function, ${RotationLambdaARN}`,
          `Another function rotates this secret. Name its deployment with --stack, or hand the secret over to this one: ${turnOn}`,
        );
  }
  if (RotationEnabled !== true) return wrong('off', `Turn the rotation on: ${turnOn}`);

  const { ScheduleExpression, AutomaticallyAfterDays } = RotationRules;
  if (ScheduleExpression === undefined && AutomaticallyAfterDays === undefined) {
    return wrong(
      'on, without a schedule',
      `Nothing rotates the secret by itself. Give it a schedule: ${turnOn}`,
    );
  }
  const gapHours = longestGapHours(secret, deployment);
  const lifeMs = lifeOf(value);
  if (gapHours !== undefined && lifeMs !== undefined && lifeMs < gapHours * HOUR_MS) {
    return wrong(
      `every ${gapHours} h at the longest, but the access token lives ${durationText(lifeMs)}`,
      `The access token dies before the next rotation: rotate more often (floor: 4 hours), or raise the token duration of the OAuth client in Genesys Cloud above ${gapHours} h and the time that a repair may take (it can be 48 h).`,
    );
  }
  const schedule = ScheduleExpression ?? `every ${AutomaticallyAfterDays} days`;
  return ok(gapHours === undefined ? schedule : `${schedule}, ${gapHours} h at the longest`, undefined);
}

/** Whether the rotation that is due has come. */
export function lookAtDueDate(
  secret: DescribedSecret,
  deployment: Deployment,
  now: Date,
  command: CommandLine,
): Look<undefined> {
  const due = dueDate(secret, deployment.schedule);
  if (due.getTime() + OVERDUE_GRACE_MS < now.getTime()) {
    return wrong(
      `overdue since ${instantText(due)}`,
      `No rotation came in time, though nothing before this step is wrong. Start one: ${command(`rotate ${secret.Name}`)}. If it fails before an execution starts, the runbook's entry "A rotation that failed without an execution" goes on.`,
    );
  }
  return ok(`due by ${instantText(due)}`, undefined);
}

function longestGapHours(
  { RotationRules = {} }: DescribedSecret,
  { schedule }: Deployment,
): number | undefined {
  const { ScheduleExpression, Duration } = RotationRules;
  const isDeployments = ScheduleExpression === schedule.expression && Duration === schedule.window;
  return isDeployments ? schedule.longestGapHours : ownGapHours(RotationRules);
}

/** A version is written seconds after Genesys Cloud issued its tokens. */
function lifeOf(value: StoredValue | undefined): number | undefined {
  const expiresAt = value?.credential.expiresAt;
  if (value === undefined || expiresAt === undefined || expiresAt <= value.storedAt) return undefined;
  return expiresAt.getTime() - value.storedAt.getTime();
}

function turnOnCommand({ ARN }: DescribedSecret, { rotationFunctionArn, schedule }: Deployment): string {
  const rules = JSON.stringify({ ScheduleExpression: schedule.expression, Duration: schedule.window });
  return `aws secretsmanager rotate-secret --secret-id ${ARN} --rotation-lambda-arn ${rotationFunctionArn} --rotation-rules '${rules}' --no-rotate-immediately`;
}
