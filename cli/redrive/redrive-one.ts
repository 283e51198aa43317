import type { GenesysUrls } from '../../functions/shared/genesys/urls.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import { latestAttempt } from '../shared/attempts.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import { watch } from '../shared/follow.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { readRotationResult, reportResult } from '../shared/rotation-result.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { type Assessment, assessFailure } from '../verdict/assessment.ts';
import { lastRotations } from '../verdict/last-rotations.ts';
import { verdictLines, verdictResult } from '../verdict/verdict-text.ts';
import { type Cause, type CauseDependencies, checkCause } from './check-cause.ts';
import { confirmRedrive } from './confirmation.ts';
import { type FoundExecution, findExecution } from './failed-execution.ts';
import { redriveExecution } from './redrive-execution.ts';

/** The options of a redrive. */
export interface RedriveOptions {
  /** Redrive even if the cause does not seem fixed. */
  readonly force: boolean;
  readonly timeoutMs: number;
}

/**
 * Redrives the failed execution of a secret, or a given execution, and follows it. If it is running, only follows it.
 *
 * @param subject name or ARN of the secret, or ARN of an execution
 * @throws CliError there is no such execution, the redrive was refused, or the execution failed or is still running
 */
export async function redriveOne(
  subject: string,
  { force, timeoutMs }: RedriveOptions,
  context: WaitContext,
): Promise<void> {
  const { terminal, time, command } = context;
  const deployment = await context.deployment();
  const { secret, execution } = await findSubject(subject, deployment, context);
  const about = { secret: secret.name, secretArn: secret.arn };
  if (execution === undefined || execution.status === 'succeeded') {
    terminal.line(`Nothing to redrive: the last rotation of ${secret.name} did not fail.`);
    terminal.result({ ...about, outcome: 'nothingToRedrive' });
    return;
  }

  const { executionArn } = execution;
  let { redriveCount } = execution;
  let cause: Cause | undefined;
  if (execution.status === 'running')
    terminal.note(`The execution ${executionArn} is running. Following it.`);
  else {
    const { failure, isPromoted, verdict } = await requireFailure(execution, deployment, context);
    const subject = { secretName: secret.name, message: failure?.message, command };
    if (failure === undefined || (isPromoted && !force)) {
      for (const line of verdictLines(verdict, subject)) terminal.line(line);
      terminal.line('Nothing to redrive.');
      terminal.result({ ...about, outcome: 'nothingToRedrive', ...verdictResult(verdict, subject) });
      return;
    }
    cause = await checkCause(failure, execution, causeDependencies(deployment, context));
    for (const line of [verdict.impact, verdict.cause, failure.message, cause.why]) {
      if (line !== undefined) terminal.note(line);
    }
    if (cause.looks === 'unchanged' && !force) await requireConfirmation(cause, context);
    redriveCount = await redriveExecution(execution, context);
    terminal.note(`Redriving ${executionArn}`);
  }
  const untilMs = time.nowMs() + timeoutMs;
  const steps = await watch({ executionArn, redriveCount, untilMs }, context);
  const result = await readRotationResult(execution, steps.at(-1), deployment, context);
  reportResult({ result, steps }, { ...about, execution: executionArn, cause }, context);
}

/** The dependencies of the checks. */
export function causeDependencies(
  { stateMachineArn }: Pick<Deployment, 'stateMachineArn'>,
  { aws: { secrets, stepFunctions }, time, command, signal }: WaitContext,
): CauseDependencies {
  return {
    secrets,
    stepFunctions,
    stateMachineArn,
    genesysUrlsOf: gatewayUrls(),
    unavailableEndpoints: cachedUnavailableEndpoints(),
    nowMs: time.nowMs,
    sleep: ms => time.sleep(ms, signal),
    command,
  };
}

interface Subject {
  readonly secret: SecretEntry;
  readonly execution: FoundExecution | undefined;
}

async function findSubject(subject: string, deployment: Deployment, context: WaitContext): Promise<Subject> {
  const { aws } = context;
  if (/^arn:[^:]+:states:[^:]+:\d+:execution:/.test(subject)) {
    const execution = await findExecution(subject, context);
    return { secret: await findSecret(aws, deployment, execution.secretArn), execution };
  }
  const secret = await findSecret(aws, deployment, subject);
  const executionArn = await executionToRedrive(secret, deployment, aws);
  return {
    secret,
    execution: executionArn === undefined ? undefined : await findExecution(executionArn, context),
  };
}

/** The execution of the pending rotation, otherwise the running or last failed execution of the secret. */
async function executionToRedrive(
  secret: SecretEntry,
  deployment: Deployment,
  { stepFunctions }: WaitContext['aws'],
): Promise<string | undefined> {
  const pending = blockingVersion(secret);
  if (pending !== undefined) {
    const attempt = await latestAttempt(secret, pending, deployment, stepFunctions);
    if (attempt !== undefined) return attempt.executionArn;
  }
  const [last] = await lastRotations([secret], deployment.stateMachineArn, stepFunctions);
  return (last?.running ?? last?.failed)?.executionArn;
}

/**
 * Reads how an execution failed. The assessment has no failure if the execution did not fail.
 *
 * @throws CliError somebody has just redriven it
 */
async function requireFailure(
  execution: FoundExecution,
  deployment: Deployment,
  { aws, time }: WaitContext,
): Promise<Assessment> {
  const { executionArn } = execution;
  const now = (): Date => new Date(time.nowMs());
  const assessment = await assessFailure(execution, { aws, deployment, now });
  if (assessment.verdict.health !== 'rotating') return assessment;
  // The history shows a redrive before DescribeExecution does.
  throw new CliError(
    'stillRunning',
    `Somebody has just redriven the execution ${executionArn}. Run the same command again to follow it.`,
  );
}

async function requireConfirmation(cause: Cause, context: WaitContext): Promise<void> {
  if (await confirmRedrive('The cause does not seem fixed. Redrive anyway?', context)) return;
  throw new CliError(
    'refused',
    `Not redriven: the cause does not seem fixed. ${cause.why} Use --force to redrive anyway. That loses no token, but the redrive fails again until the cause is fixed.`,
  );
}

/** How long to wait for a response, in ms. */
const TIMEOUT_MS = 5_000;

/** Whether an endpoint responds. The endpoint rejects the request, which has no grant and no token. */
async function responds(url: string, method: 'GET' | 'POST'): Promise<boolean> {
  try {
    const { status } = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

/** Finds the endpoints that a rotation calls and that are unavailable. */
async function unavailableEndpoints({ loginUrl, apiUrl }: GenesysUrls): Promise<readonly string[]> {
  const endpoints = [
    [`${loginUrl}/oauth/token`, 'POST'],
    [`${apiUrl}/api/v2/users/me`, 'GET'],
  ] as const;
  const available = await Promise.all(endpoints.map(([url, method]) => responds(url, method)));
  return endpoints.flatMap(([url], index) => (available[index] ? [] : [url]));
}

/** Calls the endpoints of each host once, for any number of rotations. */
function cachedUnavailableEndpoints(): typeof unavailableEndpoints {
  const found = new Map<string, Promise<readonly string[]>>();
  return urls => {
    const response = found.get(urls.loginUrl) ?? unavailableEndpoints(urls);
    found.set(urls.loginUrl, response);
    return response;
  };
}
