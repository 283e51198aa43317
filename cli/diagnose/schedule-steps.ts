import { HOUR_MS } from '../../functions/shared/durations.ts';
import { isSameFunction } from '../../functions/shared/input/arns.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { dueDate, OVERDUE_GRACE_MS, ownGapHours } from '../../functions/shared/secrets/due-date.ts';
import type { Deployment } from '../shared/deployment.ts';
import { durationText, instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** Checks whether rotation is enabled, uses this deployment, and is frequent enough for the token's lifetime. */
export function checkRotation(
  secret: DescribedSecret,
  deployment: Deployment,
  value: StoredValue | undefined,
): Finding<undefined> {
  const { RotationEnabled, RotationLambdaARN, RotationRules = {} } = secret;
  const { rotationFunctionArn } = deployment;
  const enable = enableCommand(secret, deployment);
  if (RotationLambdaARN !== undefined && RotationLambdaARN !== rotationFunctionArn) {
    return isSameFunction(RotationLambdaARN, rotationFunctionArn)
      ? wrong(
          `by ${RotationLambdaARN}`,
          `The secret names a version or alias of the rotation function, but the functions have access only to secrets that name the function itself. Fix it: ${enable}`,
        )
      : wrong(
          `by another function, ${RotationLambdaARN}`,
          `Another function rotates this secret. Select its deployment with --stack, or move the secret to this one: ${enable}`,
        );
  }
  if (RotationEnabled !== true) return wrong('disabled', `Enable the rotation: ${enable}`);

  const { ScheduleExpression, AutomaticallyAfterDays } = RotationRules;
  if (ScheduleExpression === undefined && AutomaticallyAfterDays === undefined) {
    return wrong(
      'enabled, without a schedule',
      `Without a schedule nothing starts a rotation. Set one: ${enable}`,
    );
  }
  const gapHours = longestGapHours(secret, deployment);
  const lifetimeMs = lifetimeOf(value);
  if (gapHours !== undefined && lifetimeMs !== undefined && lifetimeMs < gapHours * HOUR_MS) {
    return wrong(
      `up to ${gapHours} h between rotations, but the access token's lifetime is ${durationText(lifetimeMs)}`,
      `The access token expires before the next rotation. Rotate more often (the shortest interval is 4 hours), or set a longer token duration in the OAuth client: longer than ${gapHours} h plus the time to fix a failure (at most 48 h).`,
    );
  }
  const schedule = ScheduleExpression ?? `every ${AutomaticallyAfterDays} days`;
  return ok(
    gapHours === undefined ? schedule : `${schedule}, up to ${gapHours} h between rotations`,
    undefined,
  );
}

/** Checks whether the secret was rotated in time. */
export function checkDueDate(
  secret: DescribedSecret,
  deployment: Deployment,
  now: Date,
  command: CommandLine,
): Finding<undefined> {
  const due = dueDate(secret, deployment.schedule);
  if (due.getTime() + OVERDUE_GRACE_MS < now.getTime()) {
    return wrong(
      `overdue since ${instantText(due)}`,
      `No rotation ran in time, and no earlier step found a reason. Start one: ${command`rotate ${secret.Name}`}. If it fails before an execution starts, see docs/runbook.md#a-rotation-that-failed-without-an-execution`,
    );
  }
  return ok(`due by ${instantText(due)}`, undefined);
}

function longestGapHours(
  { RotationRules = {} }: DescribedSecret,
  { schedule }: Deployment,
): number | undefined {
  const { ScheduleExpression, Duration } = RotationRules;
  const isStackSchedule = ScheduleExpression === schedule.expression && Duration === schedule.window;
  return isStackSchedule ? schedule.longestGapHours : ownGapHours(RotationRules);
}

/** The lifetime of the access token. A version is stored within seconds after its tokens are issued. */
function lifetimeOf(value: StoredValue | undefined): number | undefined {
  const expiresAt = value?.credential.expiresAt;
  if (value === undefined || expiresAt === undefined || expiresAt <= value.storedAt) return undefined;
  return expiresAt.getTime() - value.storedAt.getTime();
}

function enableCommand({ ARN }: DescribedSecret, { rotationFunctionArn, schedule }: Deployment): string {
  const rules = JSON.stringify({ ScheduleExpression: schedule.expression, Duration: schedule.window });
  return `aws secretsmanager rotate-secret --secret-id ${ARN} --rotation-lambda-arn ${rotationFunctionArn} --rotation-rules '${rules}' --no-rotate-immediately`;
}
