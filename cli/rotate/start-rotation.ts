import { InvalidRequestException, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { executionArnOf } from '../../functions/shared/executions/executions.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import { latestAttempt } from '../shared/attempts.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import { isFailed } from '../shared/executions.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import { waitForExecution } from '../shared/wait-for-execution.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { assessFailure } from '../verdict/assessment.ts';
import { verdictLines } from '../verdict/verdict-text.ts';

/** How long a new execution may stay invisible, in ms. */
const MAX_LAG_MS = 2_000;

/**
 * Starts a rotation with the secret's own function and schedule. Enables rotation if it was disabled.
 *
 * @returns the id of the pending version
 * @throws CliError an earlier rotation is not complete
 * @see AWS Secrets Manager API Reference, RotateSecret
 */
export async function startRotation(
  secret: SecretEntry,
  deployment: Deployment,
  context: WaitContext,
): Promise<string> {
  try {
    const { VersionId = '' } = await context.aws.secrets.send(
      new RotateSecretCommand({ SecretId: secret.arn, RotateImmediately: true }),
    );
    return VersionId;
  } catch (error) {
    if (!(error instanceof InvalidRequestException)) throw error;
    // The labels explain why AWS refused. The text of the message is not documented.
    const now = await findSecret(context.aws, deployment, secret.arn);
    throw await previousRotation(now, deployment, context, error.message);
  }
}

async function previousRotation(
  secret: SecretEntry,
  deployment: Deployment,
  context: WaitContext,
  reason: string,
): Promise<CliError> {
  const { aws, command, time } = context;
  const pending = blockingVersion(secret);
  const refused = `Secrets Manager refused to rotate ${secret.name} ("${reason}")`;
  if (pending === undefined) {
    return new CliError(
      'stillRunning',
      `${refused}: no version is pending, but Secrets Manager has not finished the previous rotation yet. Try again in a minute.`,
    );
  }
  const rotation = { secretArn: secret.arn, secretName: secret.name, clientRequestToken: pending };
  // An execution that has just been started may not be visible yet.
  await waitForExecution(
    executionArnOf(executionName(rotation), deployment),
    time.nowMs() + MAX_LAG_MS,
    context,
  );
  const latest = await latestAttempt(secret, pending, deployment, aws.stepFunctions);
  if (latest === undefined) {
    return new CliError(
      'failed',
      `${refused}: version ${pending} is pending, but its rotation has no execution. Secrets Manager retries it. Find out why it could not run the rotation function: ${command`diagnose ${secret.name}`}`,
    );
  }
  if (latest.status === 'SUCCEEDED') {
    return new CliError(
      'stillRunning',
      `${refused}: the execution of version ${pending} has succeeded, but Secrets Manager has not finished the rotation yet. Try again in a minute.`,
    );
  }
  const assessment = isFailed(latest.status)
    ? await assessFailure(
        { secretArn: secret.arn, executionArn: latest.executionArn },
        { aws, deployment, now: () => new Date() },
      )
    : undefined;
  if (assessment === undefined || assessment.verdict.health === 'rotating') {
    return new CliError(
      'stillRunning',
      `${refused}: the rotation to version ${pending} is running. Follow it with: ${command`follow ${secret.name}`}`,
    );
  }
  return new CliError(
    'rotationFailed',
    [
      `${refused}: version ${pending} is pending, and its rotation must finish first.`,
      ...verdictLines(assessment.verdict, {
        secretName: secret.name,
        message: assessment.failure?.message,
        command,
      }),
    ].join('\n'),
  );
}
